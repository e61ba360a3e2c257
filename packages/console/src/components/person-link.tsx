import { Link } from '@tanstack/react-router';
import { personAddress } from '../pages/person/address.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { IdText } from './id-text.tsx';

/** An identifier that leads to its person. */
export function PersonLink({ id, max }: { readonly id: string; readonly max?: number }) {
  const environment = useEnvironment();
  return (
    <Link to="/e/$environment/people/$id" params={{ environment, id: personAddress(id) }}>
      <IdText id={id} {...(max === undefined ? {} : { max })} />
    </Link>
  );
}
