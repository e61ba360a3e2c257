import { Note } from '../../components/note.tsx';
import { texts } from '../../texts/texts.ts';
import type { ServerStatus } from './queries.ts';

const words = texts.health.status;

/** Whether calls are kept, as /readyz says, and what to do where they are not. */
export function Keeping({ keeps }: { readonly keeps: ServerStatus['node']['keeps'] }) {
  if (keeps.calls && keeps.obstacles.length === 0) return <Note>{words.accepted}</Note>;
  return (
    <Note tone="held">
      <p>{keeps.calls ? words.accepted : keeps.events ? words.eventsOnly : words.closed}</p>
      {keeps.obstacles.map(({ error_code, message }) => (
        <p key={error_code}>{message}</p>
      ))}
    </Note>
  );
}
