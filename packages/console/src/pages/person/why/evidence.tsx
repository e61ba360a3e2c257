import { IdText } from '../../../components/id-text.tsx';
import { texts } from '../../../texts/texts.ts';
import type { Explanation } from '../queries.ts';
import { LinkLine } from './link-line.tsx';
import { SeparationLine } from './separation-line.tsx';
import styles from './why.module.css';

interface Props {
  readonly a: string;
  readonly b: string;
  readonly explanation: Explanation;
}

export function Evidence({ a, b, explanation: { same, path, refused, held, separations, neighbour } }: Props) {
  const words = texts.person.why;
  const stands = [...held, ...refused];
  if (a === b) return <p>{words.itself}</p>;
  if (same) {
    return (
      <>
        <p className={styles.verdict}>{words.same(path.length)}</p>
        <ol className={styles.chain}>
          {path.map((link) => (
            <li key={link.seq}>
              <LinkLine link={link} />
            </li>
          ))}
        </ol>
        {separations.length > 0 && <Standing links={[]} separations={separations} />}
      </>
    );
  }
  return (
    <>
      <p className={styles.verdict}>{words.apart}</p>
      {stands.length + separations.length > 0 ? (
        <Standing links={stands} separations={separations} />
      ) : (
        neighbour === null && <p>{words.nothing}</p>
      )}
      {neighbour !== null && (
        <>
          <p>
            {words.neighbour} <IdText id={neighbour.canonical_id} />
          </p>
          <ol className={styles.chain}>
            {neighbour.path.map((link) => (
              <li key={link.seq}>
                <LinkLine link={link} />
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Standing({
  links,
  separations,
}: {
  readonly links: Explanation['held'];
  readonly separations: Explanation['separations'];
}) {
  return (
    <>
      <p>{texts.person.why.stands}</p>
      <ul className={styles.chain}>
        {links.map((link) => (
          <li key={link.seq}>
            <LinkLine link={link} />
          </li>
        ))}
        {separations.map((separation) => (
          <li key={`${separation.seq} ${separation.a} ${separation.b}`}>
            <SeparationLine separation={separation} />
          </li>
        ))}
      </ul>
    </>
  );
}
