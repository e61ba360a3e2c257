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
      <svg aria-hidden="true" viewBox="0 0 16 16" className={styles.icon}>
        {copied ? <path d="M3 8.5 6.5 12 13 4.5" /> : <path d="M5.5 5.5h8v8h-8zM3 10.5v-8h8" />}
      </svg>
      <span role="status" className="visually-hidden">
        {copied ? texts.shell.copied : ''}
      </span>
    </button>
  );
}
