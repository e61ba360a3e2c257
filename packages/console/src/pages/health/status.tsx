import { Note } from '../../components/note.tsx';
import { texts } from '../../texts/texts.ts';

export function Status() {
  return <Note>{texts.health.status.ready}</Note>;
}
