import type { ColumnFlags } from '../types.ts';

/** The tables that `onym export` writes, as an import finds them again. */
export const ownTables = ['links', 'identities', 'identifiers', 'separations', 'events'] as const;
export type OwnTable = (typeof ownTables)[number];

export interface TableMapping {
  readonly kind: OwnTable;
  /** Columns that are read, with what they are taken for. */
  readonly columns: Readonly<Record<string, string>>;
  readonly ignored: readonly string[];
}

interface Shape {
  /** A file that has these columns is this table. */
  readonly needed: Readonly<Record<string, string>>;
  /** Read where they are; exports of earlier versions lack them. */
  readonly optional: Readonly<Record<string, string>>;
}

const shapes: Readonly<Record<OwnTable, Shape>> = {
  links: {
    needed: {
      seq: 'the order of the links',
      kind: 'kind of the link',
      primary_id: 'distinct_id',
      secondary_id: 'the id that joins it',
      status: 'whether it joins: active links do',
    },
    optional: {
      time: 'timestamp',
      effective_time: 'timestamp',
      rule: 'rule of the link',
      waived: 'guard rails that were waived',
      public: 'whether a publishable key sent it',
      primary_identified: 'when an identify named distinct_id',
      secondary_identified: 'when an identify named the other id',
    },
  },
  identities: {
    needed: {
      canonical_id: 'the id that names the person',
      identity_id: 'not needed: it follows from the name',
      known: 'whether the person is known',
      traits: 'traits',
      identifiers: 'the ids of the person',
    },
    optional: {
      created_at: 'timestamp',
      known_identifiers: 'those of the ids that are known',
      trait_origins: 'id and time of each trait',
      other_traits: 'what single ids say beside it',
    },
  },
  identifiers: {
    needed: {
      distinct_id: 'distinct_id',
      canonical_id: 'the id that names its person',
      known: 'whether it is known',
      first_seen: 'timestamp',
      identified: 'whether an identify named it',
    },
    optional: { identity_id: 'not needed: it follows from the name' },
  },
  separations: {
    needed: { distinct_id: 'distinct_id', separated_from: 'the id it is kept apart from', seq: 'not needed' },
    optional: {},
  },
  events: {
    needed: {
      uuid: 'uuid',
      timestamp: 'timestamp',
      received_at: 'when it was received',
      event: 'event',
      properties: 'properties',
      distinct_id: 'distinct_id',
      anonymous_id: 'anonymous_id',
      device_id: 'device_id',
      session_id: 'session_id',
      identity_id: 'not needed: it follows from the name',
    },
    optional: {},
  },
};

/** Flags that say what columns are. */
const readingFlags = [
  'kind',
  'primary',
  'secondary',
  'secondaryPrefix',
  'anonymous',
  'event',
  'timestamp',
  'traits',
] as const;

/** What may be said of links without meaning anything else than their table does. */
const sameOfLinks: ColumnFlags = {
  kind: 'alias',
  primary: 'primary_id',
  secondary: 'secondary_id',
  secondaryPrefix: '',
};

export function hasColumnsOf(kind: OwnTable, columns: readonly string[]): boolean {
  const there = new Set(columns);
  return Object.keys(shapes[kind].needed).every((column) => there.has(column));
}

/** The table that a file of these columns is an export of; null for other files, and where flags say to read it in another way. */
export function tableMappingOf(columns: readonly string[], flags: ColumnFlags): TableMapping | null {
  for (const kind of ownTables) {
    if (!hasColumnsOf(kind, columns)) continue;
    const same = kind === 'links' ? sameOfLinks : {};
    if (readingFlags.some((flag) => flags[flag] !== undefined && flags[flag] !== same[flag])) return null;
    const { needed, optional } = shapes[kind];
    const words = { ...needed, ...optional };
    return {
      kind,
      columns: Object.fromEntries(columns.flatMap((column) => (words[column] ? [[column, words[column]]] : []))),
      ignored: columns.filter((column) => !words[column]),
    };
  }
  return null;
}

/** For people: what the file was taken for, and each column of it but one that is called `kind` itself. */
export const tableInWords = ({ kind, columns }: TableMapping): Record<string, string> => ({ ...columns, kind });

/** Those of a table of ours that has no rows; null for any other file. Nothing is as good a table as something. */
export const columnsOfEmptyTable = (columns: readonly string[]): readonly string[] | null =>
  tableMappingOf(columns, {}) === null ? null : columns;
