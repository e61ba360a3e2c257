/** The columns of rows.ts as SQL reads them, in any store: `i` an identifier, `c` its component, `l` a link with its sides `p` and `s`, `t` a trait. */

export const identifierColumns = 'i.ref, i.distinct_id, c.root, i.flags, i.first_seen';

export const linkColumns = `l.seq, l.kind, l.rule, p.distinct_id AS primary_id, s.distinct_id AS secondary_id, l.time, l.effective_time,
  l.source, l.waived, l.approves, l.verdict, l.redundant, l.status, l.reason, l.status_seq`;

export const traitColumns =
  't.identifier, t.key, t.once, t.effective_time, t.seq, t.time, t.timestamp, t.value, t.source, t.revoked_seq';
