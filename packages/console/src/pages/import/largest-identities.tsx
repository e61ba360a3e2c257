import { PersonLink } from '../../components/person-link.tsx';
import { numberCell, Table } from '../../components/table.tsx';
import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { Section } from './section.tsx';
import type { Done } from './types.ts';

const { imports } = texts;

/** Where a wrong column shows first. */
export function LargestIdentities({ done }: { readonly done: Done }) {
  const largest = done.largest_identities ?? [];
  if (largest.length === 0) return null;
  return (
    <Section title={imports.largest} level={3}>
      <Table label={imports.largest} head={[imports.person, { number: imports.ids }]}>
        {largest.map(({ canonical_id, identifiers }) => (
          <tr key={canonical_id}>
            <td>
              <PersonLink id={canonical_id} />
            </td>
            <td className={numberCell}>{formatCount(identifiers)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
