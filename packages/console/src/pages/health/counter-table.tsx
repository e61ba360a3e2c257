import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { countersOf } from './counters.ts';
import type { ServerStatus, StatusReading } from './queries.ts';
import { rateOf } from './rate.ts';
import styles from './status.module.css';

interface Props {
  readonly title: string;
  readonly counts: (status: ServerStatus) => Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly reading: StatusReading;
}

const words = texts.health.status;

export function CounterTable({ title, counts, reading }: Props) {
  const rows = countersOf(counts(reading.now));
  const rate = (call: string, outcome: string) => rateOf(reading, (status) => counts(status)[call]?.[outcome] ?? 0);
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className={styles.hint}>{words.nothing}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{words.call}</th>
              <th scope="col">{words.outcome}</th>
              <th scope="col" className={styles.number}>
                {words.count}
              </th>
              <th scope="col" className={styles.number}>
                {words.rate}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, call, outcome, count }) => {
              const now = rate(call, outcome);
              return (
                <tr key={name}>
                  <td>{call}</td>
                  <td>{outcome}</td>
                  <td className={styles.number}>{formatCount(count)}</td>
                  <td className={styles.number}>{now === null || now === 0 ? '–' : words.perSecond(now)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
