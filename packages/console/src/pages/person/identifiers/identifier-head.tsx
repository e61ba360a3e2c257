import type { Table } from '@tanstack/react-table';
import type { features } from './columns.tsx';
import styles from './identifiers.module.css';
import type { ListedIdentifier } from './listed.ts';

const order = { asc: 'ascending', desc: 'descending' } as const;
const arrow = { asc: ' ↑', desc: ' ↓' } as const;

export function IdentifierHead({ table }: { readonly table: Table<typeof features, ListedIdentifier> }) {
  return (
    <thead>
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id} aria-rowindex={1}>
          {group.headers.map(({ id, column }) => {
            const sorted = column.getIsSorted();
            return (
              <th
                key={id}
                scope="col"
                className={styles[id === 'first_seen' ? 'firstSeen' : id]}
                aria-sort={sorted === false ? 'none' : order[sorted]}
              >
                <button type="button" onClick={column.getToggleSortingHandler()}>
                  {column.columnDef.header as string}
                  <span aria-hidden="true">{sorted === false ? '' : arrow[sorted]}</span>
                </button>
              </th>
            );
          })}
        </tr>
      ))}
    </thead>
  );
}
