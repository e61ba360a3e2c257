import { Link } from '@tanstack/react-router';
import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { Time } from '../../components/time.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import styles from './keys.module.css';
import type { Key } from './queries.ts';

const words = texts.health.keys;

export function KeyTable({ keys }: { readonly keys: readonly Key[] }) {
  const environment = useEnvironment();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.box} aria-label={words.list} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {[words.name, words.kind, words.scopes, words.environments, words.made, words.used, words.state].map(
              (title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.name}>
              <th scope="row">
                <bdi>{shownText(key.name)}</bdi>
              </th>
              <td>{key.kind}</td>
              <td>{key.scopes.join(', ')}</td>
              <td>{key.environments.join(', ')}</td>
              <td>
                <Time at={key.created_at} />
              </td>
              <td>{key.last_used_at === null ? words.never : <Time at={key.last_used_at} />}</td>
              <td>
                {key.revoked_at !== null ? (
                  <Badge tone="separated">{words.revoked}</Badge>
                ) : (
                  <span className={styles.state}>
                    <Badge tone="known">{words.works}</Badge>
                    <Link
                      to="/e/$environment/health"
                      params={{ environment }}
                      search={{ tab: 'keys', revoke: key.name }}
                    >
                      {words.revoke(shownText(key.name))}
                    </Link>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
