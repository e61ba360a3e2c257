export type ViewName = 'events' | 'identities' | 'identifiers' | 'links';

export interface ViewColumn {
  readonly name: string;
  /** As the engine names it. */
  readonly type: string;
  readonly comment: string;
}

export interface View {
  readonly comment: string;
  readonly columns: readonly ViewColumn[];
}

const columns = (...rows: readonly (readonly [name: string, type: string, comment: string])[]): ViewColumn[] =>
  rows.map(([name, type, comment]) => ({ name, type, comment }));

const moment = "DateTime64(3, 'UTC')";
const json = 'JSON(max_dynamic_paths=64)';

/** What queries see (views.ts), in words. A test holds it against the engine's own description. */
export const viewColumns: Readonly<Record<ViewName, View>> = {
  events: {
    comment: 'one row an event',
    columns: columns(
      ['uuid', 'UUID', 'as sent, or made'],
      ['timestamp', moment, 'when it happened, from 1970 to 5 minutes after received_at'],
      ['received_at', moment, 'when it was received'],
      ['event', 'LowCardinality(String)', 'its name'],
      ['properties', json, 'as sent; read a path with its type: properties.path::String'],
      ['distinct_id', 'String', 'the identifier it belongs to, for ever as sent'],
      ['anonymous_id', 'Nullable(String)', 'as sent'],
      ['device_id', 'Nullable(String)', 'as sent'],
      ['session_id', 'Nullable(String)', 'as sent'],
      ['identity_id', 'UUID', 'who that is now'],
      ['client_timestamp', 'Nullable(String)', 'what the client said, where its clock ran ahead; else null'],
    ),
  },
  identities: {
    comment: 'one row a profile; identifiers that were never linked, identified or given traits have none',
    columns: columns(
      ['identity_id', 'UUID', 'who'],
      ['canonical_id', 'String', 'the identifier that names it'],
      ['known', 'Bool', 'whether any of its identifiers was identified'],
      ['traits', json, 'the values in force; read a path with its type: traits.plan::String'],
      ['identifiers', 'Array(String)', 'all of them'],
      ['created_at', moment, 'when the first of them was seen'],
    ),
  },
  identifiers: {
    comment: 'one row an identifier of those profiles',
    columns: columns(
      ['distinct_id', 'String', 'as sent'],
      ['identity_id', 'UUID', 'whose it is now'],
      ['known', 'Bool', 'whether it was identified'],
      ['first_seen', moment, 'when it was first linked, identified or given traits'],
    ),
  },
  links: {
    comment: 'one row a link, of any status',
    columns: columns(
      ['seq', 'UInt64', 'its name: the ledger row that recorded it'],
      ['kind', 'LowCardinality(String)', 'identify, alias, track, import or manual'],
      ['primary_id', 'String', 'the side whose name stays, but for sign-ups'],
      ['secondary_id', 'String', 'the side that joins'],
      ['status', 'LowCardinality(String)', 'active, refused, held, approved, rejected or revoked'],
      ['reason', 'LowCardinality(Nullable(String))', 'why it was refused or held'],
      ['time', moment, 'when it was received'],
      ['key', 'Nullable(String)', 'name of the key that sent it'],
      ['lib', 'Nullable(String)', '$lib of the call'],
      ['batch', 'Nullable(String)', 'the batch it belongs to'],
    ),
  },
};

export const viewNames = Object.keys(viewColumns) as readonly ViewName[];
export const isViewName = (name: string): name is ViewName => Object.hasOwn(viewColumns, name);

/** What an error says after the name of a table that is none. */
export const viewsSentence = 'Queries see events, identities, identifiers and links.';
