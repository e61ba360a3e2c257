import type { Millis } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { Forgets } from '../forgets.ts';
import { limits } from '../limits.ts';
import { checkDraft } from './checks.ts';
import type { SavedQueryTable } from './saved-query-table.ts';
import type { Draft, SavedQuery } from './types.ts';
import { withoutIds } from './without-ids.ts';

/** Whose version of which query is meant. */
export interface Place {
  readonly environment: string;
  readonly id: string;
}

/**
 * Queries that people keep, shared by all who may query an environment. All reject with OnymError: `invalid-payload` and `payload-too-large`
 * for what can't be saved, `name-conflict` for a name in use, `not-found`, `version-conflict` where somebody else was faster.
 */
export interface SavedQueries extends Forgets {
  /** By name, behind `after`. */
  page: SavedQueryTable['page'];
  /** `by`: name of the key. */
  add(environment: string, draft: Draft, by: string): Promise<SavedQuery>;
  /** In place of this version. What is there already, whoever wrote it, is no conflict. */
  replace(place: Place & { readonly version: number }, draft: Draft, by: string): Promise<SavedQuery>;
  /** `version` null: whatever it is by now. */
  remove(place: Place & { readonly version: number | null }): Promise<void>;
  close(): Promise<void>;
}

export interface SavedQueriesParts {
  readonly table: SavedQueryTable;
  readonly now: () => Millis;
  /** A UUID. */
  readonly newId: () => string;
}

const queriesPerRead = 100;

export function createSavedQueries({ table, now, newId }: SavedQueriesParts): SavedQueries {
  async function existing({ environment, id }: Place): Promise<SavedQuery> {
    const found = await table.find(environment, id);
    if (found === null) throw noSuchQuery(environment);
    return found;
  }

  async function* all(environment: string): AsyncGenerator<SavedQuery> {
    for (let after: string | null = null; ; ) {
      const queries: SavedQuery[] = await table.page(environment, { after, limit: queriesPerRead });
      yield* queries;
      if (queries.length < queriesPerRead) return;
      after = queries.at(-1)!.name;
    }
  }

  /** Until it is, whoever changes it meanwhile. */
  async function rewrite(place: Place, ids: ReadonlySet<string>): Promise<void> {
    for (let name: string | null = null; ; ) {
      const found = await table.find(place.environment, place.id);
      const rest = found && withoutIds(found, ids);
      if (!rest) return;
      const next = { ...rest, name: name ?? rest.name, version: rest.version + 1 };
      const outcome = await table.replace(next, rest.version);
      if (outcome === 'name-taken') name = `${rest.name} ${place.id}`;
    }
  }

  return {
    page: table.page,

    async add(environment, draft, by) {
      const saved: SavedQuery = {
        environment,
        id: newId(),
        ...checkDraft(draft),
        version: 1,
        savedBy: by,
        savedAt: now(),
      };
      const outcome = await table.add(saved, limits.savedQueriesMax);
      if (outcome === 'name-taken') throw nameTaken(saved);
      if (outcome === 'full') throw tooMany(environment);
      return saved;
    },

    async replace({ version, ...place }, draft, by) {
      const checked = checkDraft(draft);
      const found = await existing(place);
      if (isSame(found, checked)) return found;
      if (found.version !== version) throw changedMeanwhile(found, version);
      const next: SavedQuery = { ...found, ...checked, version: version + 1, savedBy: by, savedAt: now() };
      const outcome = await table.replace(next, version);
      if (outcome === 'name-taken') throw nameTaken(next);
      if (outcome === 'missed') throw changedMeanwhile(await existing(place), version);
      return next;
    },

    async remove({ version, ...place }) {
      if (await table.remove(place.environment, place.id, version)) return;
      const found = await existing(place);
      throw changedMeanwhile(found, version ?? found.version);
    },

    async forget(environment, distinctIds) {
      const ids = new Set(distinctIds);
      const naming: SavedQuery[] = [];
      for await (const query of all(environment)) if (withoutIds(query, ids) !== null) naming.push(query);
      for (const query of naming) await rewrite(query, ids);
      if (naming.length > 0) await table.scrub();
    },

    close: table.close,
  };
}

const isSame = (found: SavedQuery, { name, sql, chart }: Draft): boolean =>
  found.name === name && found.sql === sql && JSON.stringify(found.chart) === JSON.stringify(chart);

const noSuchQuery = (environment: string): OnymError =>
  new OnymError(
    'not-found',
    `There is no such saved query in ${environment}. It may have been deleted: list them, or save it as a new one.`,
  );

const nameTaken = ({ name, environment }: SavedQuery): OnymError =>
  new OnymError(
    'name-conflict',
    `${environment} has a saved query named ${JSON.stringify(name)} already. Choose another name, or change that one.`,
  );

const tooMany = (environment: string): OnymError =>
  new OnymError(
    'invalid-payload',
    `${environment} has ${limits.savedQueriesMax} saved queries, as many as it may. Delete some that nobody uses.`,
  );

const changedMeanwhile = ({ name, version, savedBy, savedAt }: SavedQuery, yours: number): OnymError =>
  new OnymError(
    'version-conflict',
    `${JSON.stringify(name)} has changed since version ${yours}: version ${version} was saved by ${JSON.stringify(savedBy)} at ${new Date(savedAt).toISOString()}. Read it again, and send what it should be with that version.`,
  );
