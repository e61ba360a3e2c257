import { texts } from '../../texts/texts.ts';
import { IdText } from '../id-text.tsx';
import { ChangeTable } from './change-table.tsx';
import type { BlastRadius } from './types.ts';

/** Which identifiers get another person, from whom and to whom. */
export function MovedIds({ identifiers: { moved, listed } }: Pick<BlastRadius, 'identifiers'>) {
  const { id, from, to } = texts.act.movedColumns;
  if (moved === 0) return null;
  return (
    <ChangeTable title={texts.act.movedTitle} columns={[id, from, to]} left={moved - listed.length}>
      {listed.map((one) => (
        <tr key={one.distinct_id}>
          <td>
            <IdText id={one.distinct_id} max={28} />
          </td>
          <td>
            <IdText id={one.from} max={20} />
          </td>
          <td>
            <IdText id={one.to} max={20} />
          </td>
        </tr>
      ))}
    </ChangeTable>
  );
}
