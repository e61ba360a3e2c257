import type { Call } from '../calls.ts';
import { plainName } from '../columns.ts';
import { isNothingOrEmpty } from '../read-row.ts';
import type { Cells } from '../types.ts';
import type { Look } from './look.ts';
import { groupEvent, pageEvent } from './segment-archive.ts';
import { defined, mergedTraits } from './traits.ts';
import type { Sample, VendorContext, VendorTable } from './types.ts';

/** Columns that every table of the warehouse may have; what is none of them, and no context, was a trait or a property. */
const systemColumns: Readonly<Record<string, string>> = {
  user_id: 'distinct_id',
  anonymous_id: 'anonymous_id',
};
const times = ['timestamp', 'original_timestamp', 'sent_at', 'received_at', 'loaded_at', 'uuid_ts'];
const otherColumns = new Set([
  ...times,
  'id',
  'uuid',
  'uuid_ts',
  'loaded_at',
  'channel',
  'rudder_id',
  'message_id',
  'project_id',
  'write_key',
  'version',
  'source_id',
  'request_ip',
]);
const traitColumn = /^(context_)?traits_(.+)$/;

const isWarehouse = ({ look }: Sample): boolean =>
  !look.has('type') &&
  !look.has('properties') &&
  !look.has('identity_id') &&
  (look.columns.some((column) => /^context_/.test(plainName(column))) ||
    look.columns.some((column) => /^traits_/.test(plainName(column)) && column !== 'traits_once') ||
    look.has('event_text')) &&
  look.has('received_at');
const namesSomebody = ({ look }: Sample): boolean => look.has('user_id') || look.has('anonymous_id');
const isPage = ({ look }: Sample): boolean => look.has('path') || look.has('url') || look.has('referrer');

/** The columns that were traits or properties, with the key of each; those of `traits_…` last, since they were said of the person. */
function membersOf(look: Look, known: Readonly<Record<string, string>>): [column: string, key: string][] {
  const rank = (name: string): number => (name.startsWith('context_') ? 0 : name.startsWith('traits_') ? 2 : 1);
  return look.columns
    .flatMap((column): [string, string, number][] => {
      const name = plainName(column);
      const key = memberKey(column, known);
      return key === null ? [] : [[column, key, rank(name)]];
    })
    .sort(([, , a], [, , b]) => a - b)
    .map(([column, key]) => [column, key]);
}

function memberKey(column: string, known: Readonly<Record<string, string>>): string | null {
  const name = plainName(column);
  const trait = traitColumn.exec(name);
  if (trait !== null) return trait[2]!;
  if (name in known || otherColumns.has(name) || /^(context|_)_?/.test(name)) return null;
  return column;
}

interface Table {
  readonly title: string;
  readonly kind: VendorTable['kind'];
  readonly columns: Readonly<Record<string, string>>;
  readonly is: (sample: Sample) => boolean;
  readonly mayBe: (sample: Sample) => boolean;
  readonly read: (context: VendorContext, cells: Cells, members: Record<string, unknown>) => Call[];
}

const table = ({ title, kind, columns, is, mayBe, read }: Table): VendorTable => ({
  vendor: 'segment',
  title: `${title} table of a Segment or RudderStack warehouse`,
  kind,
  columns,
  times,
  meaningOf: (column) => {
    const key = memberKey(column, columns);
    return key === null ? null : `${kind === 'event' ? 'property' : 'trait'} ${key}`;
  },
  fits: (sample) => isWarehouse(sample) && is(sample),
  mayBe,
  reader(context) {
    const members = membersOf(context.look, columns);
    return (cells) => {
      const values: Record<string, unknown> = {};
      for (const [column, key] of members) {
        const value = cells[column];
        if (!isNothingOrEmpty(value) && key !== '__proto__') values[key] = value;
      }
      return read(context, cells, values);
    };
  },
});

function eventOf(
  { look, time }: VendorContext,
  cells: Cells,
  event: unknown,
  properties: Record<string, unknown>,
): Call[] {
  const item = {
    event,
    distinct_id: look.id(cells, 'user_id'),
    anonymous_id: look.id(cells, 'anonymous_id'),
    properties,
    timestamp: time(cells),
    uuid: look.id(cells, 'id') ?? look.id(cells, 'message_id'),
  };
  return [{ call: 'track', item: defined(item) }];
}

const aliases = table({
  title: 'aliases',
  kind: 'alias',
  columns: { ...systemColumns, previous_id: 'alias_id' },
  is: ({ look }) => look.has('previous_id'),
  mayBe: ({ look }) => look.has('previous_id', 'user_id'),
  read({ look, time }, cells) {
    const previous = look.id(cells, 'previous_id') ?? look.id(cells, 'anonymous_id');
    const item = { distinct_id: look.id(cells, 'user_id'), alias_id: previous, timestamp: time(cells) };
    return [{ call: 'alias', item: defined(item) }];
  },
});

const eventColumns = { ...systemColumns, id: 'uuid' };

const tracks = table({
  title: 'tracks',
  kind: 'event',
  columns: { ...eventColumns, event: 'event where event_text is empty', event_text: 'event' },
  is: (sample) => (sample.look.has('event') || sample.look.has('event_text')) && namesSomebody(sample),
  mayBe: (sample) => (sample.look.has('event') || sample.look.has('event_text')) && namesSomebody(sample),
  read: (context, cells, members) =>
    eventOf(context, cells, context.look.value(cells, 'event_text') ?? context.look.value(cells, 'event'), members),
});

const groups = table({
  title: 'groups',
  kind: 'event',
  columns: { ...eventColumns, group_id: 'property group_id' },
  is: (sample) => sample.look.has('group_id') && namesSomebody(sample),
  mayBe: (sample) => sample.look.has('group_id') && namesSomebody(sample),
  read: (context, cells, members) =>
    eventOf(context, cells, groupEvent, { ...members, group_id: context.look.value(cells, 'group_id') }),
});

const pages = table({
  title: 'pages',
  kind: 'event',
  columns: eventColumns,
  is: (sample) => isPage(sample) && namesSomebody(sample),
  mayBe: (sample) => isPage(sample) && namesSomebody(sample),
  read: (context, cells, members) => eventOf(context, cells, pageEvent, members),
});

/** A table of screens looks like one of identifies whose only trait is a name: nobody is to be called Settings by a guess. */
function mayBeScreens({ look }: Sample): boolean {
  const keys = membersOf(look, systemColumns).map(([, key]) => plainName(key));
  return keys.length > 0 && keys.every((key) => key === 'name' || key === 'category');
}

const identifies = table({
  title: 'identifies',
  kind: 'identify',
  columns: systemColumns,
  is: (sample) => namesSomebody(sample) && !mayBeScreens(sample),
  mayBe: namesSomebody,
  read({ look, time }, cells, members) {
    const ids = { distinct_id: look.id(cells, 'user_id'), anonymous_id: look.id(cells, 'anonymous_id') };
    return [{ call: 'identify', item: defined({ ...ids, traits: mergedTraits(members), timestamp: time(cells) }) }];
  },
});

const users = table({
  title: 'users',
  kind: 'identify',
  columns: { ...systemColumns, id: 'distinct_id' },
  is: (sample) => sample.look.has('id') && !namesSomebody(sample),
  mayBe: ({ look }) => look.has('id'),
  read({ look, time }, cells, members) {
    const item = { distinct_id: look.id(cells, 'id'), traits: mergedTraits(members), timestamp: time(cells) };
    return [{ call: 'identify', item: defined(item) }];
  },
});

/** In order: the first that fits. */
export const segmentWarehouse: readonly VendorTable[] = [aliases, tracks, groups, pages, identifies, users];

/** The same tables, where RudderStack is asked for. */
export const rudderstackWarehouse: readonly VendorTable[] = segmentWarehouse.map((one) => ({
  ...one,
  vendor: 'rudderstack',
}));
