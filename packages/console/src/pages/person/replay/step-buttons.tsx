import { Button } from '../../../components/button.tsx';
import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { texts } from '../../../texts/texts.ts';

interface Props {
  readonly step: number;
  readonly steps: number;
  readonly go: (step: number) => void;
}

const { first, previous, next, now } = texts.person.replay;

export function StepButtons({ step, steps, go }: Props) {
  const back = () => go(Math.max(0, step - 1));
  const on = () => go(Math.min(steps, step + 1));
  useShortcuts([
    { keys: '[', does: previous, run: back },
    { keys: ']', does: next, run: on },
  ]);
  const buttons = [
    { label: first, sign: '«', run: () => go(0), isOff: step === 0 },
    { label: previous, sign: '‹', run: back, isOff: step === 0 },
    { label: next, sign: '›', run: on, isOff: step === steps },
    { label: now, sign: '»', run: () => go(steps), isOff: step === steps },
  ];
  return (
    <div>
      {buttons.map(({ label, sign, run, isOff }) => (
        // It stays where the focus is: a button that is off is still reached.
        <Button key={label} look="quiet" aria-label={label} title={label} aria-disabled={isOff} onClick={run}>
          <span aria-hidden="true">{sign}</span>
        </Button>
      ))}
    </div>
  );
}
