import { Note } from '../../components/note.tsx';

export function EmptyQueue({ title, hint }: { readonly title: string; readonly hint: string }) {
  return (
    <Note>
      <strong>{title}</strong>
      <p>{hint}</p>
    </Note>
  );
}
