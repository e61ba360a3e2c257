import { ActMenu } from '../../acts/act-menu.tsx';
import { usePersonSearch } from './search.ts';

/** What can be done with this person, or with what is selected of them. `id`: their canonical id. */
export function PersonActions({ id }: { readonly id: string }) {
  const { a, b, link } = usePersonSearch();
  return <ActMenu id={id} a={a} b={b} link={link} />;
}
