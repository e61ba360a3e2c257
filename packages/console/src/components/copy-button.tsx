import { useState } from 'react';
import { texts } from '../texts/texts.ts';
import styles from './copy-button.module.css';

const toldForMs = 1_500;

/** Copies by one click. `what` names it for a screen reader. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), toldForMs);
  };
  return (
    <button type="button" className={styles.copy} aria-label={texts.shell.copy(what)} onClick={() => void copy()}>
      <span aria-hidden="true">{copied ? '✓' : '⧉'}</span>
      <span role="status" className="visually-hidden">
        {copied ? texts.shell.copied : ''}
      </span>
    </button>
  );
}
