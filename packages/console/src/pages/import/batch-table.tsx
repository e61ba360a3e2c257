import type { Batch } from '../../api/batches.ts';
import { Badge } from '../../components/badge.tsx';
import { IdText } from '../../components/id-text.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { numberCell, Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { RevertLink } from './revert-link.tsx';

const { imports } = texts;

interface Props {
  readonly label: string;
  readonly batches: readonly Batch[];
}

export function BatchTable({ label, batches }: Props) {
  return (
    <Table
      label={label}
      head={[
        imports.batch,
        { number: imports.linkCount },
        { number: imports.active },
        { number: imports.last },
        imports.when,
        imports.undo,
      ]}
    >
      {batches.map(({ batch, links, active, seq, time }) => (
        <tr key={batch}>
          <td>
            <IdText id={batch} max={48} />
          </td>
          <td className={numberCell}>{formatCount(links)}</td>
          <td className={numberCell}>{formatCount(active)}</td>
          <td className={numberCell}>
            <RowLink seq={seq} />
          </td>
          <td>
            <Time at={time} />
          </td>
          <td>{active > 0 ? <RevertLink batch={batch} /> : <Badge>{imports.takenBack}</Badge>}</td>
        </tr>
      ))}
    </Table>
  );
}
