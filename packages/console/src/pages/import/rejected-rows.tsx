import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { saveFile } from '../../components/save-file.ts';
import { numberCell, Table } from '../../components/table.tsx';
import { cutInTheMiddle, formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { inWordsOfThePage } from './in-words.ts';
import styles from './rejected-rows.module.css';
import { isRunning, type Run } from './run.ts';
import { Section } from './section.tsx';

const { imports } = texts;
const rowMax = 80;
/** As the command line names it. */
const rejectedName = (fileName: string): string => `${fileName}.rejected.ndjson`;

/** Rows that joined nothing, each with what is wrong with it, and all of them as a file. */
export function RejectedRows({ run, fileName }: { readonly run: Run; readonly fileName: string }) {
  if (run.rejected === 0) return null;
  return (
    <Section title={imports.rejected(run.rejected)} level={3}>
      {!isRunning(run) && (
        <Button onClick={() => saveFile(new Blob([...run.rejectedLines]), rejectedName(fileName))}>
          {imports.download}
        </Button>
      )}
      {run.rejected > run.rejections.length && (
        <p className={styles.quiet}>{imports.rejectedShown(run.rejections.length)}</p>
      )}
      <Table
        label={imports.rejected(run.rejected)}
        head={[{ number: imports.line }, imports.verdict, imports.message, imports.row]}
      >
        {run.rejections.map(({ line, verdict, error_code, message, row }) => (
          <tr key={`${line} ${error_code}`}>
            <td className={numberCell}>{formatCount(line)}</td>
            <td>
              <Badge tone={verdict === 'invalid' ? 'plain' : 'held'}>{imports.verdicts[verdict]}</Badge>
            </td>
            <td>
              <div className={styles.message}>
                <code>{error_code}</code> {shownText(inWordsOfThePage(message))}
              </div>
            </td>
            <td title={shownText(row)}>
              <code>
                <bdi>{cutInTheMiddle(shownText(row), rowMax)}</bdi>
              </code>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}
