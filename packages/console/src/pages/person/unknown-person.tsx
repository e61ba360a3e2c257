import { Link } from '@tanstack/react-router';
import { IdText } from '../../components/id-text.tsx';
import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';

interface Props {
  readonly id: string;
  /** False for what can't be an id. */
  readonly isAskable: boolean;
}

const erasedToken = /^erased:/;

/** Nobody goes by this id: never named, or erased. */
export function UnknownPerson({ id, isAskable }: Props) {
  const environment = useEnvironment();
  const { unknown, unknownWhy, unknownDo, erased, badAddress, badAddressWhy, find } = texts.person.states;
  const why = isAskable ? (erasedToken.test(id) ? erased : unknownWhy) : badAddressWhy;
  return (
    <Page title={isAskable ? unknown : badAddress}>
      <Note>
        {id !== '' && <IdText id={id} max={60} />}
        <p>{why}</p>
        {isAskable && <p>{unknownDo}</p>}
        <Link to="/e/$environment/people" params={{ environment }}>
          {find}
        </Link>
      </Note>
    </Page>
  );
}
