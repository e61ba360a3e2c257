import { texts } from '../texts/texts.ts';
import { Note } from './note.tsx';

interface Props {
  /** What came of it, or would come of it, in words. */
  readonly what: string;
  readonly reason: string | null;
}

/** Refused, held, unchanged: the product working. Why, and what to do. */
export function VerdictNote({ what, reason }: Props) {
  const words = reason === null ? null : texts.reasons.of(reason);
  return (
    <Note tone="held">
      <p role="status">
        <strong>{what}</strong> {words?.why}
      </p>
      {words !== null && <p>{words.todo}</p>}
    </Note>
  );
}
