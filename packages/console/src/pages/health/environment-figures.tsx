import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { Figures } from './figures.tsx';
import type { StatusReading } from './queries.ts';
import { withRate } from './with-rate.ts';

const words = texts.health.status;
const known = (count: number | null): string => (count === null ? words.unknown : formatCount(count));

export function EnvironmentFigures({ reading }: { readonly reading: StatusReading }) {
  const { environment, all } = reading.now;
  const { folded_age_seconds: folded } = environment;
  return (
    <Figures
      title={words.title.environment}
      figures={[
        [
          words.eventCount,
          environment.events === null ? words.unknown : withRate(reading, (now) => now.environment.events ?? 0),
        ],
        [
          words.ledgerHead,
          environment.ledger_head === null
            ? words.unknown
            : withRate(reading, (now) => now.environment.ledger_head ?? 0),
        ],
        [words.lag, known(environment.lag)],
        [words.pending, known(environment.pending_rows)],
        [words.folded, folded === null ? words.unknown : words.ago(folded)],
        [words.deadLetters, formatCount(all.dead_letters)],
      ]}
    />
  );
}
