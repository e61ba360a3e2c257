import { shownText } from '../characters.ts';
import { cutInTheMiddle } from '../format.ts';
import styles from './id-text.module.css';

/** An id as text: monospaced, cut in the middle, never wrapped; the whole of it on hover. Its direction touches nothing around it. */
export function IdText({ id, max = 36 }: { readonly id: string; readonly max?: number }) {
  const shown = shownText(id);
  return (
    <bdi className={styles.id} title={shown}>
      {cutInTheMiddle(shown, max)}
    </bdi>
  );
}
