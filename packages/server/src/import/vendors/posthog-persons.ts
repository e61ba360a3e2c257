import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Call } from '../calls.ts';
import { idsOf, listColumns } from './id-lists.ts';
import { defined, withoutNulls } from './traits.ts';
import type { VendorTable } from './types.ts';

const idColumns = 'distinct_ids';

/** As PostHog's own clients name visitors: five groups, as of a UUID. */
export const isVisitor = (id: string): boolean => /^[0-9a-z]+-[0-9a-z]+-[0-9a-z]+-[0-9a-z]+-[0-9a-z]+$/i.test(id);

/** A column of all ids of a person, or of one of them. */
export const isPersonsColumn = (column: string): boolean => listColumns([column], idColumns).length > 0;

const isTrue = (value: unknown): boolean => value === true || /^(true|t|1|yes)$/i.test(String(value ?? ''));

/** One row is one person: the first id names them, the others join it. */
export const posthogPersons: VendorTable = {
  vendor: 'posthog',
  title: 'PostHog persons export',
  kind: 'identify',
  columns: { properties: 'traits', is_identified: 'whether the first id is known' },
  times: ['created_at'],
  meaningOf: (column) => (isPersonsColumn(column) ? 'distinct_id of the first id, alias_id of the others' : null),
  fits: ({ look }) => listColumns(look.columns, idColumns).length > 0 && !look.has('event'),
  mayBe: ({ look }) => listColumns(look.columns, idColumns).length > 0,
  reader({ look, time }) {
    const columns = listColumns(look.columns, idColumns);
    return (cells) => {
      const [first, ...others] = idsOf(cells, columns);
      if (first === undefined) throw new OnymError('invalid-payload', 'The row has no distinct id. Leave it out.');
      const timestamp = time(cells);
      const traits = withoutNulls(look.object(cells, 'properties'));
      // A visitor who has not logged in stays one, or the next login would be refused.
      const isKnown = others.length > 0 || isTrue(look.value(cells, 'is_identified')) || !isVisitor(first);
      const person = isKnown ? { distinct_id: first } : { anonymous_id: first };
      return [
        identify({ ...person, traits, timestamp }),
        ...others.map(
          (id): Call => ({ call: 'alias', item: defined({ distinct_id: first, alias_id: id, timestamp }) }),
        ),
      ];
    };
  },
};

/** The batch export has a row for each id: the first of a person names them, as far as the file tells. */
export const posthogPersonIds: VendorTable = {
  vendor: 'posthog',
  title: 'PostHog persons export with a row for each id',
  kind: 'identify',
  columns: {
    distinct_id: 'distinct_id, or alias_id of the person’s first',
    person_id: 'which ids are one person',
    properties: 'traits',
    is_deleted: 'rows that are left out',
  },
  times: ['created_at'],
  fits: ({ look }) => look.has(...['distinct_id', 'person_id', 'properties']) && !look.has('event'),
  mayBe: ({ look }) => look.has('distinct_id', 'person_id') && !look.has('event'),
  reader({ look, time }) {
    const nameOf = new Map<string, string>();
    return (cells) => {
      const person = look.id(cells, 'person_id');
      const id = look.id(cells, 'distinct_id');
      if (person === null || id === null)
        throw new OnymError('invalid-payload', 'The row has no distinct_id or no person_id.');
      if (isTrue(look.value(cells, 'is_deleted'))) return [];
      const timestamp = time(cells);
      const traits = withoutNulls(look.object(cells, 'properties'));
      const name = nameOf.get(person);
      if (name === undefined) {
        if (nameOf.size >= limits.importPersonsMax) throw tooManyPersons();
        nameOf.set(person, id);
        const subject = isVisitor(id) ? { anonymous_id: id } : { distinct_id: id };
        return [identify({ ...subject, traits, timestamp })];
      }
      if (name === id) return [];
      // Of a visitor and a user, the user names the person, whoever comes first.
      const [primary, secondary] = isVisitor(name) && !isVisitor(id) ? [id, name] : [name, id];
      nameOf.set(person, primary);
      return [{ call: 'alias', item: defined({ distinct_id: primary, alias_id: secondary, timestamp }) }];
    };
  },
};

function tooManyPersons(): OnymError {
  return new OnymError(
    'payload-too-large',
    `The file has more than ${limits.importPersonsMax} persons with a row for each id. Group it by person_id into lists of distinct_ids, or split it there.`,
  );
}

const identify = (item: Record<string, unknown>): Call => ({ call: 'identify', item: defined(item) });
