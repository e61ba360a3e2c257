import { Slider } from '@base-ui/react/slider';
import { texts } from '../../../texts/texts.ts';
import type { LedgerRow } from '../queries.ts';
import styles from './replay.module.css';

interface Props {
  readonly step: number;
  readonly rows: readonly LedgerRow[];
  readonly go: (step: number) => void;
}

const words = texts.person.replay;

export function StepSlider({ step, rows, go }: Props) {
  const said = (value: number) => (value === 0 ? words.before : texts.ledger.row(rows[value - 1]?.seq ?? 0));
  return (
    <Slider.Root
      className={styles.slider}
      value={step}
      min={0}
      max={rows.length}
      thumbAlignment="edge"
      onValueChange={(value) => go(value as number)}
    >
      <Slider.Control className={styles.control}>
        <Slider.Track className={styles.track}>
          <Slider.Indicator className={styles.indicator} />
          <Slider.Thumb
            className={styles.thumb}
            aria-label={words.slider}
            getAriaValueText={(_formatted, value) => said(value)}
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}
