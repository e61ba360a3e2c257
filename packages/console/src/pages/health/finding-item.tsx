import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import { idsOfExample } from './example-ids.ts';
import styles from './findings.module.css';
import type { Finding } from './queries.ts';

const words = texts.health.findings;

export function FindingItem({ finding }: { readonly finding: Finding }) {
  return (
    <li className={styles.finding}>
      <div className={styles.head}>
        <h2>{finding.rule}</h2>
        <Badge tone="held">{words.calls(finding.count)}</Badge>
        <bdi className={styles.site}>{shownText(words.by(finding.key, finding.lib))}</bdi>
        <span className={styles.site}>
          {words.first} <Time at={finding.first_time} />, {words.last} <Time at={finding.last_time} />
        </span>
      </div>
      <p>{shownText(finding.problem)}</p>
      <p>
        <strong>{words.instead}: </strong>
        {shownText(finding.instead)}
      </p>
      <details>
        <summary>{words.examples(finding.examples.length)}</summary>
        <ul>
          {finding.examples.map((example, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: examples have no name, and come as one answer
            <li key={index} className={styles.example}>
              <Time exact at={example.time} />
              <code>{example.call}</code>
              {idsOfExample(example).map(({ field, id }) => (
                <span key={field}>
                  {field} <PersonLink id={id} />
                </span>
              ))}
              {example.seq !== undefined && <RowLink seq={example.seq} />}
              {example.field !== undefined && <code>{shownText(example.field)}</code>}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}
