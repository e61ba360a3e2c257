import { numberCell, Table } from '../../components/table.tsx';
import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { Section } from './section.tsx';

interface Props {
  readonly title: string;
  /** What is counted, as a column's head. */
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** How many rows there were of each, the most first. Nothing where there were none. */
export function CountTable({ title, name, counts }: Props) {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return null;
  return (
    <Section title={title} level={3}>
      <Table label={title} head={[name, { number: texts.imports.rows }]}>
        {entries.map(([reason, count]) => (
          <tr key={reason}>
            <td>
              <code>{reason}</code>
            </td>
            <td className={numberCell}>{formatCount(count)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
