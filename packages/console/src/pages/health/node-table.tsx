import { Badge } from '../../components/badge.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import type { ServerStatus } from './queries.ts';
import styles from './status.module.css';

interface Props {
  readonly nodes: NonNullable<ServerStatus['all']['nodes']>;
  /** Id of the one that answers. */
  readonly answering: string;
}

const words = texts.health.status;

export function NodeTable({ nodes, answering }: Props) {
  return (
    <section className={styles.section}>
      <h2>{words.title.nodes}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.box} aria-label={words.title.nodes} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {words.nodesTable.map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ id, host, version, seen_at, away }) => (
              <tr key={id} aria-current={id === answering || undefined}>
                <td>
                  <code>{id}</code>
                </td>
                <td>{host}</td>
                <td>{version}</td>
                <td>
                  <Time at={seen_at} />
                </td>
                <td>
                  <Badge tone={away ? 'held' : 'known'}>{away ? words.away : words.here}</Badge>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
