import { useMemo } from 'react';
import { isApiError } from '../../api/api-error.ts';
import { shownText } from '../../characters.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { IdText } from '../../components/id-text.tsx';
import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { cutInTheMiddle } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { canBeAsked } from './address.ts';
import { isBare, type Moment } from './moment.ts';
import styles from './person.module.css';
import { PersonActions } from './person-actions.tsx';
import { PersonFacts } from './person-facts.tsx';
import { PersonParts } from './person-parts.tsx';
import { PersonSkeleton } from './person-skeleton.tsx';
import { usePersonSearch } from './search.ts';
import { UnknownPerson } from './unknown-person.tsx';
import { useMoment } from './use-moment.ts';
import { useName } from './use-name.ts';

/** Who is behind an id, why, and how that came to be. */
export function PersonPage() {
  const name = useName();
  return canBeAsked(name) ? (
    <AskedPerson key={`${name.by} ${name.id}`} />
  ) : (
    <UnknownPerson id={name.id} isAskable={false} />
  );
}

function AskedPerson() {
  const { id } = useName();
  const { moment, error, retry } = useMoment();
  if (isApiError(error) && error.status === 404) return <UnknownPerson id={id} isAskable />;
  if (error !== null && moment === null) {
    return (
      <Page title={texts.person.title}>
        <ErrorNote error={error} onRetry={retry} />
      </Page>
    );
  }
  return moment === null ? <PersonSkeleton id={id} /> : <Person moment={moment} />;
}

const titleLengthMax = 40;

function Person({ moment }: { readonly moment: Moment }) {
  const { as_of_seq } = usePersonSearch();
  const { canonical_id } = moment.identity;
  const title = useMemo(() => cutInTheMiddle(shownText(canonical_id), titleLengthMax), [canonical_id]);
  const { neverLinked, notYet } = texts.person.states;
  return (
    <Page
      title={title}
      heading={
        <span className={styles.heading}>
          <IdText id={canonical_id} max={60} />
          <CopyButton text={canonical_id} what={texts.person.facts.canonicalId} />
        </span>
      }
      actions={<PersonActions id={canonical_id} />}
    >
      <PersonFacts moment={moment} />
      {isBare(moment) && <Note>{as_of_seq === undefined ? neverLinked : notYet}</Note>}
      <PersonParts moment={moment} />
    </Page>
  );
}
