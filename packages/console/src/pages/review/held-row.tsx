import { Link } from '@tanstack/react-router';
import { Badge } from '../../components/badge.tsx';
import { IdText } from '../../components/id-text.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { SourceText } from '../../components/source-text.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import type { HeldLink } from './queries.ts';
import styles from './rows.module.css';

interface Props {
  readonly held: HeldLink;
  readonly selected: boolean;
  readonly onToggle: () => void;
}

/** A held link: whom it would join, why it waits, and what approving it would do. */
export function HeldRow({ held, selected, onToggle }: Props) {
  const { link, repeats, blast_radius: radius } = held;
  const words = texts.review.held;
  return (
    <div className={styles.held}>
      <input type="checkbox" checked={selected} onChange={onToggle} aria-label={words.select(link.seq)} />
      <Link
        to="."
        search={(now) => ({ ...now, act: 'review', link: link.seq })}
        className={styles.pair}
        data-row-focus=""
        resetScroll={false}
      >
        <IdText id={link.primary_id} max={28} />
        <span aria-hidden="true">←</span>
        <IdText id={link.secondary_id} max={28} />
      </Link>
      <p className={styles.line}>
        {radius !== undefined && words.effect(radius.identities.before, radius.identities.after)}
        {radius !== undefined && radius.identifiers.moved > 0 && (
          <span>{words.moves(radius.identifiers.moved, radius.events)}</span>
        )}
      </p>
      <p className={styles.line}>
        <Badge tone="held">{texts.reasons.short[link.reason ?? ''] ?? link.reason}</Badge>
        {repeats > 0 && words.repeats(repeats)}
      </p>
      <p className={styles.line}>
        <span>
          {link.kind} <RowLink seq={link.seq} />
        </span>
        <span className={styles.source}>
          <SourceText source={link.source} />
        </span>
        <Time at={link.time} />
      </p>
    </div>
  );
}
