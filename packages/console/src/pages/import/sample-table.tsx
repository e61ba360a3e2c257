import { shownText } from '../../characters.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { cutInTheMiddle } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { columnsOf, meaningOf } from './columns.ts';
import styles from './sample-table.module.css';
import type { Work } from './work.ts';

const cellMax = 40;
const skeletonHeight = 160;
/** Beyond this nobody reads a table of columns. */
const columnsMax = 60;

/** The first rows of the file, and what each column is taken for. */
export function SampleTable({ work }: { readonly work: Work }) {
  const { sample, recognised } = work;
  if (sample === undefined) return <Skeleton height={skeletonHeight} />;
  const columns = columnsOf(work).slice(0, columnsMax);
  if (columns.length === 0) return recognised === null ? null : <p className={styles.quiet}>{texts.imports.unseen}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className={styles.box} aria-label={texts.imports.firstRows} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                <bdi>{cutInTheMiddle(shownText(column), cellMax)}</bdi>
                <Meaning of={meaningOf(column, recognised)} known={recognised !== null} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample?.rows.map((cells, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else that tells them apart, and never move.
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} title={shownText(cells[column] ?? '')}>
                  <bdi>{cutInTheMiddle(shownText(cells[column] ?? ''), cellMax)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Meaning({ of, known }: { readonly of: string | null; readonly known: boolean }) {
  const words = of ?? (known ? texts.imports.notUsed : '\u00a0');
  return <span className={of === null ? styles.unused : styles.meaning}>{shownText(words)}</span>;
}
