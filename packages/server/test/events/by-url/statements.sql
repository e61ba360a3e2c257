-- One statement a paragraph. What each answers is to be the same on every engine.

-- Numbers at their ends.
SELECT toInt64(-9223372036854775808) AS a, toUInt64(18446744073709551615) AS b, toInt128('-170141183460469231731687303715884105728') AS c,
  toUInt256('115792089237316195423570985008687907853269984665640564039457584007913129639935') AS d, toInt8(-128) AS e

SELECT toDecimal128('12345678901234567890.1234567890', 10) AS a, toDecimal32('-0.01', 2) AS b, 0.1 + 0.2 AS c, 1e300 * 1e10 AS d, 0 / 0 AS e, -1 / 0 AS f,
  toFloat32(16777217) AS g, -0.0 AS h

-- Times and dates, in and out of their ranges.
SELECT toDate('2149-06-06') AS a, toDate32('2299-12-31') AS b, toDateTime('2026-03-29 03:30:00', 'Europe/Berlin') AS c,
  toDateTime64('1900-01-01 00:00:00.000000001', 9, 'UTC') AS d, toDateTime64('2026-01-01 12:34:56.789', 3, 'UTC') AS e, INTERVAL 3 MONTH AS f

-- Times without a zone are of UTC, wherever a server stands.
SELECT toDateTime(0) AS a, toUnixTimestamp('2026-07-01 00:00:00') AS b, toStartOfDay(toDateTime('2026-07-01 12:00:00')) AS c, timezone() AS d

-- Text: quotes, line ends, tabs, nothing, other scripts, bytes that are no text.
SELECT 'it''s "so" \\ and \n and \t' AS a, '' AS b, 'Zoë 漢字 🜁' AS c, unhex('ff00fe') AS d, toFixedString('ab', 4) AS e, repeat('x', 300) AS f

-- Compound types.
SELECT [1, 2, 3] AS a, [[], ['x']] AS b, [NULL, 1] AS c, (1, 'two', NULL) AS d, tuple(1 AS one, 'b' AS two)::Tuple(one UInt8, two String) AS e,
  map('k', 1, 'l', 2) AS f, []::Array(Nothing) AS g

SELECT NULL AS a, toNullable(1) AS b, toLowCardinality('low') AS c, 'b'::Enum('a' = 1, 'b' = 2) AS d, toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS e,
  toIPv4('127.0.0.1') AS f, toIPv6('2001:db8::1') AS g, true AS h

SELECT '{"a":{"b":1},"c":[1,2.5],"d":"x","e":null}'::JSON AS a, 1::Dynamic AS b, ['1', '2']::Array(Dynamic) AS c, 'x'::Variant(String, UInt64) AS d

-- The views, every column of them.
SELECT * FROM events ORDER BY uuid

SELECT * FROM identities ORDER BY canonical_id

SELECT * FROM identifiers ORDER BY distinct_id

SELECT * FROM links ORDER BY seq

SELECT DISTINCT arrayJoin(JSONAllPathsWithTypes(properties)) AS path FROM events ORDER BY path.1, path.2

-- People, over events, with everything that may be laid over them.
SELECT identity_id, count() AS n, uniqExact(distinct_id) AS ids, min(timestamp) AS since FROM events GROUP BY identity_id ORDER BY n DESC, identity_id

SELECT i.canonical_id AS who, e.event AS event, count() AS n FROM events AS e INNER JOIN identities AS i USING (identity_id) GROUP BY who, event ORDER BY who, event

SELECT count() AS n FROM events WHERE identity_id IN (SELECT identity_id FROM events WHERE event = 'signup')

SELECT a.event AS first, b.event AS second, count() AS n FROM events AS a INNER JOIN events AS b USING (identity_id) GROUP BY ALL ORDER BY ALL

SELECT distinct_id, event, row_number() OVER (PARTITION BY identity_id ORDER BY timestamp, uuid) AS n FROM events ORDER BY identity_id, n

WITH firsts AS (SELECT identity_id, min(timestamp) AS first FROM events GROUP BY identity_id)
SELECT toStartOfMonth(first) AS month, count() AS people FROM firsts GROUP BY month WITH TOTALS ORDER BY month

SELECT event, count() AS n FROM events GROUP BY ROLLUP(event) ORDER BY event, n

SELECT number FROM numbers(5) UNION ALL SELECT 7 ORDER BY 1

SELECT toDate(timestamp) AS day, count() AS n FROM events GROUP BY day ORDER BY day WITH FILL FROM toDate('2025-12-30') TO toDate('2026-01-04')

-- Nothing.
SELECT event FROM events WHERE 0

-- What fails, and how it is said.
SELEC 1

SELECT nothing FROM events

SELECT evnt FROM events

SELECT 'a' + 1

SELECT throwIf(number = 3, 'three') FROM numbers(10)

SELECT sum(properties.amount) FROM events

SELECT * FROM nowhere

SELECT number FROM numbers(1000001)

-- What is refused.
SELECT * FROM system.tables

SELECT * FROM onym_production_data.events

SELECT hostName()

INSERT INTO events VALUES (1)

SELECT 1 SETTINGS max_threads = 1
