/**
 * A call to copy for each operation of the OpenAPI document, by its operationId, as a reader of /docs types them: from top to bottom, on a
 * server where nothing happened yet. A test does just that.
 */

const secret = '-H "Authorization: Bearer $ONYM_SECRET_KEY"';
const publishable = '-H "Authorization: Bearer $ONYM_WRITE_KEY"';
const get = (path: string, more = '') => `curl "$ONYM_URL${path}" ${secret}${more}`;
const post = (path: string, body: string, key = secret) => `curl "$ONYM_URL${path}" ${key} -d '${body}'`;
const send = (method: string, path: string) => `curl -X ${method} "$ONYM_URL${path}" ${secret}`;
const inConsole = "-H 'X-Onym-Console: 1'";
const open = (path: string) => `curl "$ONYM_URL${path}"`;

const firstQuery = `${get('/v1/queries')} | grep -o '[0-9a-f-]\\{36\\}' | head -n 1`;

export const examples: Readonly<Record<string, string>> = {
  track: post(
    '/track',
    '{"event":"page_view","distinct_id":"anonymous-1","properties":{"path":"/pricing"}}',
    publishable,
  ),
  identify: post('/identify', '{"distinct_id":"user_1","anonymous_id":"anonymous-1","traits":{"plan":"pro"}}'),
  alias: post('/alias', '{"distinct_id":"user_1","alias_id":"stripe:cus_1"}'),

  resolve: post('/v1/resolve', '{"distinct_ids":["anonymous-1","stripe:cus_1"]}'),
  search: get('/v1/search?q=user'),
  listIdentities: get('/v1/identities?limit=10'),
  getIdentity: get('/v1/identities/user_1'),
  getTimeline: get('/v1/identities/user_1/events?limit=10'),
  getTraitHistory: get('/v1/identities/user_1/traits/plan'),
  getHistory: get('/v1/identities/user_1/history'),
  explain: get('/v1/explain?a=anonymous-1&b=stripe:cus_1'),
  exportIdentity: get('/v1/identities/user_1/export?by=distinct_id'),

  query: post('/v1/query', '{"sql":"SELECT event, uniqExact(identity_id) AS people FROM events GROUP BY event"}'),
  saveQuery: post(
    '/v1/queries',
    '{"name":"Events by day","sql":"SELECT toDate(timestamp) AS day, count() AS events FROM events GROUP BY day ORDER BY day","chart":{"kind":"line","x":"day","y":["events"]}}',
  ),
  listSavedQueries: get('/v1/queries'),
  // Of the first that the list shows.
  changeQuery: `curl -X PUT "$ONYM_URL/v1/queries/$(${firstQuery})" ${secret} -d '{"name":"All events","sql":"SELECT count() FROM events","version":1}'`,
  deleteSavedQuery: `curl -X DELETE "$ONYM_URL/v1/queries/$(${firstQuery})" ${secret}`,
  schema: get('/v1/schema'),
  exportTable: get('/v1/export/links?format=csv'),
  importFile: `printf 'user_id,crm_id\\nuser_1,c7\\n' | curl "$ONYM_URL/v1/import?kind=alias&primary=user_id&secondary=crm_id&secondary_prefix=crm:&batch=crm" ${secret} -H 'Content-Type: text/csv' --data-binary @-`,

  getLedger: get('/v1/ledger?after=0&limit=10'),
  getLedgerRow: get('/v1/ledger/1'),
  streamEvents: get('/v1/events', " -N -H 'Accept: text/event-stream'"),
  getLint: get('/v1/lint'),
  listEnvironments: get('/v1/environments'),
  getStatus: get('/v1/status'),

  // A typing error of an application, and what becomes of it.
  listDeadLetters: [
    post('/track', '[{"event":"page_view","distinct_id":"user_1"},{"event":"page_view"}]'),
    get('/v1/dead-letters'),
  ].join('\n'),
  replayDeadLetters: post('/v1/dead-letters/replay', '{"all":true}'),
  discardDeadLetters: post('/v1/dead-letters/discard', '{"all":true}'),
  listQuarantine: get('/v1/quarantine'),
  replayQuarantine: post('/v1/quarantine/replay', '{"all":true}'),
  discardQuarantine: post('/v1/quarantine/discard', '{"all":true}'),

  // The first call of each is refused, since stripe:cus_1 is somebody's: a link that a person may decide on, named by its ledger row.
  approveLink: [
    post('/identify', '{"distinct_id":"user_2","anonymous_id":"stripe:cus_1"}'),
    send('POST', '/v1/links/4/approve'),
  ].join('\n'),
  rejectLink: [
    post('/identify', '{"distinct_id":"user_3","anonymous_id":"stripe:cus_1"}'),
    send('POST', '/v1/links/6/reject'),
  ].join('\n'),
  getReview: get('/v1/review'),
  getConflicts: get('/v1/conflicts'),

  split: post('/v1/split', '{"link":1}'),
  revert: post('/v1/revert', '{"batch":"crm"}'),
  separate: post('/v1/separations', '{"a":"user_1","b":"user_9"}'),
  listSeparations: get('/v1/separations'),
  liftSeparation: send('DELETE', '/v1/separations?a=user_1&b=user_9'),
  eraseIdentity: send('DELETE', '/v1/identities/user_3?by=distinct_id'),
  listKeys: get('/v1/keys'),
  createKey: post(
    '/v1/keys',
    '{"name":"web-shop","kind":"publishable","environments":["production"],"origins":["https://shop.example"]}',
  ),
  restrictKey: post('/v1/keys/restrict', '{"name":"web-shop","scopes":["track"]}'),
  revokeKey: post('/v1/keys/revoke', '{"name":"web-shop"}'),
  eraseIdentities: post('/v1/erasures?dry_run=true', '{"distinct_ids":["user_1","user_2"]}'),
  runRetention: post('/v1/retention?dry_run=true', '{"days":730}'),
  // On the server's machine, where `onym backup` finds this key by itself.
  backup: `curl "$ONYM_URL/v1/backup" -H "Authorization: Bearer $(grep -o 'sk_local_[^"]*' "$ONYM_DATA_DIR/local-access.json")" -d "{\\"directory\\":\\"$ONYM_DATA_DIR-backup\\"}"`,

  beginSession: `curl "$ONYM_URL/v1/session" ${inConsole} -d "{\\"key\\":\\"$ONYM_SECRET_KEY\\"}"`,
  getSession: get('/v1/session'),
  createSignInToken: send('POST', '/v1/session/tokens'),
  endSession: `curl -X DELETE "$ONYM_URL/v1/session" ${inConsole}`,

  getWelcome: open('/'),
  getHealth: open('/healthz'),
  getReadiness: open('/readyz'),
  getMetrics: get('/metrics'),
  getOpenApi: open('/openapi.json'),
  getPageScript: open('/onym.js'),
  getPinnedPageScript: `curl "$ONYM_URL/onym/$(curl "$ONYM_URL/onym.js" | sha256sum | cut -c 1-16).js"`,
};
