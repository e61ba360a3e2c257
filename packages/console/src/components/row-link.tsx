import { Link } from '@tanstack/react-router';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';

/** The number of a ledger row, which is always a link to that row. */
export function RowLink({ seq }: { readonly seq: number }) {
  const environment = useEnvironment();
  return (
    <Link to="/e/$environment/ledger/$seq" params={{ environment, seq: String(seq) }} title={texts.ledger.row(seq)}>
      <code>{seq}</code>
    </Link>
  );
}
