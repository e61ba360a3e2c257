import type { ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { Sentence } from '../components/sentence.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import styles from './act-button.module.css';
import { EnvironmentName } from './environment-name.tsx';

interface Props {
  /** What it will do, with `{environment}` in it. */
  readonly text: string;
  readonly parts: Readonly<Record<string, ReactNode>>;
  readonly onAct: () => void;
  readonly working: boolean;
  readonly disabled?: boolean;
  readonly look?: 'primary' | 'danger' | 'plain';
  /** A key that does the same, and what the list of keys calls it. */
  readonly keys?: string;
  readonly does?: string;
}

/** The one button of an act, which says in words what it will do. Mod+Enter presses it. */
export function ActButton({ text, parts, onAct, working, disabled = false, look = 'primary', keys, does }: Props) {
  const environment = useEnvironment();
  const press = () => {
    if (!working && !disabled) onAct();
  };
  useShortcuts([
    ...(look === 'primary' ? [{ keys: 'mod+Enter', does: does ?? texts.act.preview, run: press }] : []),
    ...(keys === undefined ? [] : [{ keys, does: does ?? keys, run: press }]),
  ]);
  return (
    <Button look={look} className={styles.button} onClick={press} disabled={disabled} aria-busy={working}>
      <span className={styles.words}>
        {working ? (
          texts.act.working
        ) : (
          <Sentence
            text={text}
            parts={{
              ...parts,
              environment: <EnvironmentName environment={environment} boxed={look === 'primary' && !disabled} />,
            }}
          />
        )}
      </span>
    </Button>
  );
}
