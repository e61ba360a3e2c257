import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Note } from '../../components/note.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './keys.module.css';

const words = texts.health.keys;

export function NewSecret({
  name,
  secret,
  onDone,
}: {
  readonly name: string;
  readonly secret: string;
  readonly onDone: () => void;
}) {
  return (
    <>
      <Note tone="held">{words.madeNow(name)}</Note>
      <div className={styles.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} what={words.secret} />
      </div>
      <Button onClick={onDone}>{words.done}</Button>
    </>
  );
}
