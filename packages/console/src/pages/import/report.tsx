import { shownText } from '../../characters.ts';
import { Note } from '../../components/note.tsx';
import { texts } from '../../texts/texts.ts';
import { CountTable } from './count-table.tsx';
import { LargestIdentities } from './largest-identities.tsx';
import styles from './report.module.css';
import type { Done } from './types.ts';
import { VerdictCounts } from './verdict-counts.tsx';

const { imports } = texts;

/** What became of the rows, or would. */
export function Report({ done }: { readonly done: Done }) {
  return (
    <div className={styles.report}>
      <VerdictCounts counts={done.counts} />
      {done.warnings.map((warning) => (
        <Note key={warning} tone="held">
          {shownText(warning)}
        </Note>
      ))}
      <div className={styles.tables}>
        <CountTable title={imports.reasons} name={imports.reason} counts={done.reasons} />
        <CountTable title={imports.links} name={imports.link} counts={done.links} />
        <CountTable title={imports.skipped} name={imports.reason} counts={done.skipped} />
        <LargestIdentities done={done} />
      </div>
    </div>
  );
}
