"""Onym against the real server: what is sent, what is answered."""

import json
import threading
import types
import unittest
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Dict, List

import onym
from tests.server import ServerTestCase

JOIN_MAX_S = 60.0


class TheCalls(ServerTestCase):
    def properties_of(self, distinct_id: str) -> List[Dict[str, Any]]:
        sql = "SELECT toJSONString(properties) AS sent FROM events WHERE distinct_id = {id:String}"
        return [json.loads(row["sent"]) for row in self.client.query(sql, {"id": distinct_id})]

    def test_a_query_takes_values_as_parameters(self) -> None:
        nasty = self.named("it's \\ \" {id:String} -- 👍")
        when = datetime(2026, 3, 29, 1, 30, 0, 250_000, timezone(timedelta(hours=2)))
        key = uuid.uuid4()
        self.client.track("odd", nasty, {"n": 1}, timestamp=when, uuid=key)
        [row] = self.client.query(
            "SELECT distinct_id, {big:UInt64} AS big, {none:Nullable(String)} AS none, {day:Date} AS day FROM events "
            "WHERE distinct_id = {id:String} AND timestamp = {at:DateTime64(3)} AND uuid = {key:UUID} "
            "AND event IN {names:Array(String)} AND {yes:Bool}",
            {
                "id": nasty,
                "big": 2**64 - 1,
                "none": None,
                "day": when.date(),
                "at": when,
                "key": key,
                "names": ("odd", "'"),
                "yes": True,
            },
        )
        self.assertEqual(row, {"distinct_id": nasty, "big": 2**64 - 1, "none": None, "day": "2026-03-29"})
        for params in ({}, {"id": 5}, {"id": "x", "more": 1}):
            with self.assertRaises(onym.ApiError) as raised:
                self.client.query("SELECT {id:String}", params)
            self.assertEqual(raised.exception.code, "invalid-payload")
        with self.assertRaises(onym.OnymError) as unsent:
            self.client.query("SELECT {id:String}", {"id": {1, 2}})
        self.assertEqual(unsent.exception.code, "invalid-payload")

    def test_the_documented_alias(self) -> None:
        user, customer = self.named("user_123"), self.named("stripe:cus_abc123")
        self.client.identify(distinct_id=user)
        answer = self.client.alias(distinct_id=user, new_user_id=customer)
        self.assertEqual((answer.verdict, answer.reason, answer.canonical_id), ("applied", None, user))
        self.assertIsInstance(answer.seq, int)
        self.assertEqual(self.client.resolve([customer])[customer]["identity_id"], answer.identity_id)

    def test_the_calls_take_their_ids_by_position_too(self) -> None:
        user, other = self.named("user"), self.named("crm:1")
        self.assertEqual(self.client.track("signed_up", user, {"plan": "pro"}).verdict, "applied")
        self.assertEqual(self.client.identify(user, {"plan": "pro"}).verdict, "applied")
        self.assertEqual(self.client.alias(user, other).canonical_id, user)

    def test_alias_id_is_another_name_of_new_user_id(self) -> None:
        user, other = self.named("user"), self.named("crm:1")
        self.assertEqual(self.client.alias(user, alias_id=other).verdict, "applied")
        self.assertEqual(self.client.alias(user, other, alias_id=other).verdict, "unchanged")
        with self.assertRaises(onym.ApiError) as caught:
            self.client.alias(user, other, alias_id=self.named("crm:2"))
        self.assertEqual((caught.exception.status, caught.exception.code), (400, "invalid-payload"))

    def test_identify_joins_an_anonymous_id_and_sets_traits(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        answer = self.client.identify(
            distinct_id=user, anonymous_id=visitor, traits={"plan": "pro"}, traits_once={"first_page": "/pricing"}
        )
        self.assertEqual((answer.verdict, answer.canonical_id), ("applied", user))
        self.client.identify(user, {"plan": "team"}, traits_once={"first_page": "/login"})
        profile = self.client.identity(visitor)
        assert profile is not None
        self.assertEqual(profile["traits"], {"plan": "team", "first_page": "/pricing"})
        self.assertEqual({row["distinct_id"] for row in profile["identifiers"]}, {user, visitor})

    def test_a_refusal_is_an_answer(self) -> None:
        visitor = self.named("anonymous")
        self.client.identify(self.named("user_1"), anonymous_id=visitor)
        answer = self.client.identify(self.named("user_2"), anonymous_id=visitor)
        self.assertEqual((answer.verdict, answer.reason), ("refused", "anonymous-id-belongs-to-another-identity"))

    def test_a_track_with_both_ids_says_what_became_of_the_link(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        answer = self.client.track("login", distinct_id=user, anonymous_id=visitor)
        self.assertEqual(answer.verdict, "applied")
        assert answer.link is not None
        self.assertEqual((answer.link.verdict, answer.link.reason, answer.link.seq), ("applied", None, answer.seq))
        refused = self.client.track("login", distinct_id=self.named("user_2"), anonymous_id=visitor)
        self.assertEqual(refused.verdict, "applied")
        self.assertEqual(refused.link and refused.link.reason, "anonymous-id-belongs-to-another-identity")

    def test_events_of_one_moment_keep_their_order(self) -> None:
        visitor = self.named("anonymous")
        names = [f"step {i}" for i in range(20)]
        for name in names:
            self.client.track(name, visitor, timestamp="2026-01-01T00:00:00Z")
        rows = self.client.query(
            f"SELECT event FROM events WHERE distinct_id = '{visitor}' ORDER BY timestamp, toString(uuid)"
        )
        self.assertEqual([row["event"] for row in rows], names)

    def test_an_event_arrives_with_all_that_was_said_of_it(self) -> None:
        visitor = self.named("anonymous")
        when = datetime(2026, 3, 29, 1, 30, 0, 250_000, timezone(timedelta(hours=2)))
        name = uuid.uuid4()
        self.client.track(
            event="page_view",
            anonymous_id=visitor,
            device_id="d1",
            session_id="s1",
            properties={"path": "/pricing"},
            timestamp=when,
            uuid=name,
        )
        rows = self.client.query(
            "SELECT event, distinct_id, anonymous_id, device_id, session_id, toString(uuid) AS uuid, "
            f"toString(timestamp) AS at FROM events WHERE distinct_id = '{visitor}'"
        )
        self.assertEqual(
            rows,
            [
                {
                    "event": "page_view",
                    "distinct_id": visitor,
                    "anonymous_id": visitor,
                    "device_id": "d1",
                    "session_id": "s1",
                    "uuid": str(name),
                    "at": "2026-03-28 23:30:00.250",
                }
            ],
        )

    def test_an_event_names_this_library_unless_the_caller_names_another(self) -> None:
        first, second = self.named("a"), self.named("b")
        self.client.track("login", first)
        self.client.track("login", second, {"$lib": "crm-sync", "n": 1})
        self.assertEqual(self.properties_of(first), [{"$lib": "onym-python", "$lib_version": onym.__version__}])
        self.assertEqual(self.properties_of(second), [{"$lib": "crm-sync", "$lib_version": onym.__version__, "n": 1}])

    def test_links_name_this_library_and_their_batch(self) -> None:
        user, visitor, customer = self.named("user"), self.named("anonymous"), self.named("stripe:1")
        self.client.identify(user, anonymous_id=visitor)
        self.client.alias(user, customer, batch="crm-1")
        sources = [link["source"] for link in self.client.explain(visitor, customer)["path"]]
        self.assertEqual([source["lib"] for source in sources], ["onym-python", "onym-python"])
        self.assertEqual([source["batch"] for source in sources], [None, "crm-1"])

    def test_an_event_with_the_same_uuid_counts_once(self) -> None:
        user, name = self.named("user"), str(uuid.uuid4())
        verdicts = [self.client.track("login", user, uuid=name).verdict for _ in range(2)]
        self.assertEqual(verdicts, ["applied", "unchanged"])
        self.assertEqual(len(self.properties_of(user)), 1)

    def test_an_identify_with_the_same_timestamp_counts_once(self) -> None:
        user, when = self.named("user"), datetime.now(timezone.utc)
        verdicts = [self.client.identify(user, {"plan": "pro"}, timestamp=when).verdict for _ in range(2)]
        self.assertEqual(verdicts, ["applied", "unchanged"])

    def test_a_moment_is_the_same_in_each_of_its_forms(self) -> None:
        visitor = self.named("anonymous")
        forms: List[onym.Timestamp] = [
            datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc),
            datetime(2023, 11, 14, 23, 13, 20, tzinfo=timezone(timedelta(hours=1))),
            1_700_000_000,
            1_700_000_000.0,
            1_700_000_000_000,
            "2023-11-14T22:13:20Z",
            "2023-11-14 22:13:20",
        ]
        for form in forms:
            self.client.track("seen", visitor, timestamp=form)
        sql = f"SELECT DISTINCT toString(timestamp) AS at FROM events WHERE distinct_id = '{visitor}'"
        self.assertEqual(self.client.query(sql), [{"at": "2023-11-14 22:13:20.000"}])

    def test_without_a_timestamp_it_happened_now(self) -> None:
        visitor = self.named("anonymous")
        before = datetime.now(timezone.utc)
        self.client.track("seen", visitor)
        after = datetime.now(timezone.utc)
        sql = f"SELECT toUnixTimestamp64Milli(timestamp) AS at FROM events WHERE distinct_id = '{visitor}'"
        at = int(self.client.query(sql)[0]["at"]) / 1000
        self.assertTrue(before.timestamp() - 0.001 <= at <= after.timestamp(), (before, at, after))

    def test_values_that_json_lacks_are_sent_as_what_stands_for_them(self) -> None:
        visitor, name = self.named("anonymous"), uuid.uuid4()
        properties: Dict[str, Any] = {
            "day": date(2026, 11, 3),
            "at": datetime(2026, 11, 3, 12, tzinfo=timezone.utc),
            "order": name,
            "total": Decimal("19.90"),
            "nested": types.MappingProxyType({"list": (1, 2.5, True, None, "\u00fc\U0001f600")}),
        }
        self.client.track("bought", visitor, types.MappingProxyType(properties))
        answered = self.properties_of(visitor)[0]
        self.assertEqual(answered["day"], "2026-11-03")
        self.assertEqual(answered["at"], "2026-11-03T12:00:00+00:00")
        self.assertEqual(answered["order"], str(name))
        self.assertEqual(answered["total"], 19.9)
        self.assertEqual(answered["nested"]["list"], [1, 2.5, True, None, "\u00fc\U0001f600"])

    def test_the_environment_of_the_client_holds_unless_the_call_names_another(self) -> None:
        user = self.named("user")
        with onym.Onym(self.server.secret_key, self.server.url, "staging") as staging:
            staging.identify(user)
            self.assertTrue(staging.resolve([user])[user]["known"])
            staging.identify(user, environment="development")
        known = {
            name: self.client.resolve([user], environment=name)[user]["known"]
            for name in ("production", "staging", "development")
        }
        self.assertEqual(known, {"production": False, "staging": True, "development": True})

    def test_an_unknown_environment_is_an_api_error(self) -> None:
        with self.assertRaises(onym.ApiError) as caught:
            self.client.identify(self.named("user"), environment="prod")
        self.assertEqual((caught.exception.status, caught.exception.code), (422, "environment-not-found"))

    def test_a_publishable_key_learns_the_verdict_and_nothing_of_the_graph(self) -> None:
        writer, user = self.writer(), self.named("user")
        answer = writer.identify(user)
        self.assertEqual((answer.verdict, answer.identity_id, answer.canonical_id), ("applied", None, None))
        other = self.named("user_2")
        writer.identify(other)
        held = writer.alias(user, other)
        self.assertEqual((held.verdict, held.reason), ("held", "needs-secret-key"))
        with self.assertRaises(onym.ApiError) as caught:
            writer.resolve([user])
        self.assertEqual((caught.exception.status, caught.exception.code), (403, "forbidden"))

    def test_a_dry_run_previews_and_writes_nothing(self) -> None:
        user, other = self.named("user"), self.named("user_2")
        self.client.identify(user)
        self.client.identify(other, {"plan": "pro"})
        preview = self.client.alias(user, other, dry_run=True)
        self.assertEqual(preview.verdict, "applied")
        assert preview.blast_radius is not None
        self.assertEqual(preview.blast_radius["identities"], {"before": 2, "after": 1})
        self.assertIsNotNone(self.client.identify(user, {"plan": "pro"}, dry_run=True).blast_radius)
        self.assertEqual(self.client.resolve([other])[other]["canonical_id"], other)

    def test_a_call_can_wait_until_every_query_sees_it(self) -> None:
        user = self.named("user")
        for answer in (
            self.client.track("login", user, sync=True),
            self.client.identify(user, sync=True),
            self.client.alias(user, self.named("crm:1"), sync=True),
        ):
            self.assertEqual(answer.verdict, "applied")

    def test_a_wrong_key_is_an_api_error_that_does_not_show_it(self) -> None:
        client = onym.Onym("sk_of_somebody_else", self.server.url)
        with self.assertRaises(onym.ApiError) as caught:
            client.track("login", self.named("user"))
        client.close()
        self.assertEqual((caught.exception.status, caught.exception.code), (401, "invalid-api-key"))
        self.assertNotIn("somebody", str(caught.exception) + repr(caught.exception) + repr(client))

    def test_what_the_server_alone_can_judge_is_its_error(self) -> None:
        with self.assertRaises(onym.ApiError) as caught:
            self.client.track("login")
        self.assertEqual((caught.exception.status, caught.exception.code), (400, "invalid-payload"))
        with self.assertRaises(onym.ApiError) as caught:
            self.client.track("login", self.named("user"), timestamp="tomorrow")
        self.assertEqual((caught.exception.status, caught.exception.code), (422, "invalid-timestamp"))

    def test_a_body_that_is_too_large_is_an_api_error(self) -> None:
        with self.assertRaises(onym.ApiError) as caught:
            self.client.track("seen", self.named("user"), {"text": "x" * (21 * 1024 * 1024)})
        self.assertEqual((caught.exception.status, caught.exception.code), (413, "payload-too-large"))

    def test_one_client_serves_many_threads(self) -> None:
        users = [self.named(f"user_{number}") for number in range(8)]
        failures: List[BaseException] = []

        def work(user: str) -> None:
            try:
                for number in range(20):
                    self.client.alias(user, f"{user}:{number}")
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(user,)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(JOIN_MAX_S)
        self.assertEqual(failures, [])
        for user in users:
            profile = self.client.identity(user)
            self.assertEqual(profile and profile["identifier_count"], 21)


class TheReadingSide(ServerTestCase):
    def test_resolve_answers_for_any_number_of_ids(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        self.client.identify(user, anonymous_id=visitor)
        ids = [self.named(f"stranger_{number}") for number in range(10_001)]
        answered = self.client.resolve([visitor, *ids])
        self.assertEqual(len(answered), 10_002)
        self.assertEqual((answered[visitor]["canonical_id"], answered[visitor]["known"]), (user, True))
        self.assertEqual((answered[ids[-1]]["canonical_id"], answered[ids[-1]]["known"]), (ids[-1], False))
        self.assertEqual(self.client.resolve([]), {})
        self.assertEqual(set(self.client.resolve(text for text in (user, visitor))), {user, visitor})

    def test_resolve_answers_as_of_a_row_and_as_of_a_time(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        first = self.client.identify(user)
        self.client.identify(user, anonymous_id=visitor)
        then = self.client.resolve([visitor], as_of_seq=first.seq)
        self.assertEqual(then[visitor]["canonical_id"], visitor)
        moments: List[onym.Timestamp] = [
            datetime(2001, 9, 9, tzinfo=timezone.utc),
            1_000_000_000,
            1_000_000_000_000,
            "2001-09-09",
        ]
        for moment in moments:
            self.assertEqual(self.client.resolve([visitor], as_of=moment)[visitor]["canonical_id"], visitor)
            profile = self.client.identity(visitor, as_of=moment)
            self.assertEqual(profile and profile["identifier_count"], 1)

    def test_an_identity_is_found_by_any_id_of_it(self) -> None:
        user, odd = self.named("user"), self.named("crm:a/b?c=d&e#f %2F \u00fc +")
        answer = self.client.alias(user, odd)
        assert answer.identity_id is not None
        for profile in (
            self.client.identity(odd),
            self.client.identity(odd, by="distinct_id"),
            self.client.identity(answer.identity_id),
            self.client.identity(answer.identity_id, by="identity_id"),
        ):
            self.assertEqual(profile and profile["canonical_id"], user)

    def test_an_identity_that_is_not_there_is_none(self) -> None:
        self.assertIsNone(self.client.identity(self.named("stranger")))
        self.assertIsNone(self.client.identity(str(uuid.uuid4()), by="identity_id"))

    def test_an_identity_is_read_in_pages(self) -> None:
        user = self.named("user")
        for number in range(3):
            self.client.alias(user, self.named(f"crm:{number}"))
        first = self.client.identity(user, limit=3)
        assert first is not None
        second = self.client.identity(user, limit=3, next=first["next"])
        assert second is not None
        self.assertEqual(len(first["identifiers"]) + len(second["identifiers"]), 4)
        self.assertIsNone(second["next"])

    def test_explain_shows_the_chain_of_evidence(self) -> None:
        user, visitor, customer = self.named("user"), self.named("anonymous"), self.named("stripe:1")
        links = [self.client.identify(user, anonymous_id=visitor).seq, self.client.alias(user, customer).seq]
        evidence = self.client.explain(visitor, customer)
        self.assertEqual((evidence["same"], [link["seq"] for link in evidence["path"]]), (True, links))
        self.assertFalse(self.client.explain(visitor, self.named("stranger"))["same"])

    def test_split_takes_a_link_back(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        link = self.client.identify(user, anonymous_id=visitor).seq
        assert link is not None
        preview = self.client.split(link, dry_run=True)
        self.assertIsNotNone(preview.blast_radius)
        undone = self.client.split(link=link)
        self.assertEqual((undone.verdict, undone.revoked), ("applied", (link,)))
        self.assertEqual((undone.still_connected, undone.path), (False, ()))
        self.assertEqual([set(pair.values()) for pair in undone.separations], [{user, visitor}])
        self.assertEqual(self.client.resolve([visitor])[visitor]["canonical_id"], visitor)
        again = self.client.identify(user, anonymous_id=visitor)
        self.assertEqual((again.verdict, again.reason), ("refused", "separated"))

    def test_split_disconnects_two_ids(self) -> None:
        user, visitor = self.named("user"), self.named("anonymous")
        link = self.client.identify(user, anonymous_id=visitor).seq
        self.assertEqual(self.client.split(distinct_id=user, from_=visitor).revoked, (link,))

    def test_split_of_a_link_that_is_not_there_is_not_found(self) -> None:
        with self.assertRaises(onym.ApiError) as caught:
            self.client.split(link=1_000_000_000)
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "not-found"))

    def test_a_query_sees_what_was_answered_before(self) -> None:
        user = self.named("user")
        for _ in range(3):
            self.client.track("login", user)
        rows = self.client.query(f"SELECT count() AS n FROM events WHERE distinct_id = '{user}'")
        self.assertEqual([int(row["n"]) for row in rows], [3])

    def test_wrong_sql_is_an_api_error(self) -> None:
        for sql, status, code in [
            ("SELECT nothing FROM events", 400, "query-failed"),
            ("DROP TABLE events", 403, "query-refused"),
        ]:
            with self.assertRaises(onym.ApiError) as caught:
                self.client.query(sql)
            self.assertEqual((caught.exception.status, caught.exception.code), (status, code))


class WhatIsNotSent(unittest.TestCase):
    def setUp(self) -> None:
        self.client = onym.Onym("sk_x", "http://127.0.0.1:1", retries_max=0)

    def code_of(self, **named: Any) -> str:
        with self.assertRaises(onym.OnymError) as caught:
            self.client.track("seen", "user_1", **named)
        return caught.exception.code

    def test_a_datetime_without_a_zone_is_refused(self) -> None:
        self.assertEqual(self.code_of(timestamp=datetime(2026, 11, 3, 12)), "invalid-timestamp")
        with self.assertRaises(onym.OnymError) as caught:
            self.client.resolve(["user_1"], as_of=datetime(2026, 11, 3, 12))
        self.assertEqual(caught.exception.code, "invalid-timestamp")
        self.assertIn("datetime.now(timezone.utc)", str(caught.exception))

    def test_what_is_no_moment_is_refused(self) -> None:
        too_far = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
        for wrong in (date(2026, 11, 3), True, timedelta(1), too_far):
            self.assertEqual(self.code_of(timestamp=wrong), "invalid-timestamp")
        for far in (float("inf"), float("nan"), 1e30):
            with self.assertRaises(onym.OnymError) as caught:
                self.client.resolve(["user_1"], as_of=far)
            self.assertEqual(caught.exception.code, "invalid-timestamp")

    def test_what_is_no_json_is_refused(self) -> None:
        loop: List[Any] = []
        loop.append(loop)
        for wrong in (float("nan"), float("-inf"), Decimal("NaN"), {1, 2}, b"x", object(), loop, {(1, 2): 3}):
            self.assertEqual(self.code_of(properties={"value": wrong}), "invalid-payload")
        self.assertEqual(self.code_of(properties=["value"]), "invalid-payload")

    def test_an_option_that_makes_no_sense_is_refused(self) -> None:
        wrong: List[Dict[str, Any]] = [
            {"api_key": ""},
            {"api_key": "sk_x\n"},
            {"api_key": None},
            {"base_url": "127.0.0.1"},
            {"base_url": "ftp://127.0.0.1"},
            {"base_url": "http://"},
            {"base_url": "http://127.0.0.1:x"},
            {"base_url": "http://user:secret@127.0.0.1"},
            {"base_url": "http://127.0.0.1/?apiKey=secret"},
            {"base_url": None},
            {"request_timeout_s": 0},
            {"request_timeout_s": float("inf")},
            {"retries_max": -1},
            {"retries_max": True},
        ]
        batching: List[Dict[str, Any]] = [
            {"flush_interval_s": -1},
            {"batch_size_max": 0},
            {"batch_size_max": 1_001},
            {"queue_size_max": 0},
        ]
        cases = [(onym.Onym, options) for options in wrong] + [(onym.BatchingOnym, options) for options in batching]
        for kind, options in cases:
            with self.subTest(options=options), self.assertRaises(onym.OnymError) as caught:
                kind(**{"api_key": "sk_x", **options})
            self.assertEqual(caught.exception.code, "invalid-options")
            self.assertNotIn("secret", str(caught.exception))
