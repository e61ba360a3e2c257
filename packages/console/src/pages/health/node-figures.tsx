import { Time } from '../../components/time.tsx';
import { formatBytes, formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { Figures } from './figures.tsx';
import type { StatusReading } from './queries.ts';
import { withRate } from './with-rate.ts';

const words = texts.health.status;
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Of the server that answers: of many nodes, one. */
export function NodeFigures({ reading }: { readonly reading: StatusReading }) {
  const { node } = reading.now;
  const { journal, drained, disk } = node;
  return (
    <Figures
      title={words.title.node}
      figures={[
        [words.version, node.version],
        [words.since, <Time key="since" at={node.since} />],
        [words.drained, withRate(reading, (now) => now.node.drained.events)],
        [words.failures, formatCount(drained.failures)],
        [words.journal, formatBytes(journal.bytes)],
        [words.oldest, `${journal.oldest_age_seconds.toFixed(1)} s`],
        [words.quarantined, formatCount(node.quarantined)],
        [words.limited, formatCount(sum(node.rate_limited))],
        [
          words.disk,
          disk === null ? words.unknown : words.of(formatBytes(disk.free_bytes), formatBytes(disk.size_bytes)),
        ],
      ]}
    />
  );
}
