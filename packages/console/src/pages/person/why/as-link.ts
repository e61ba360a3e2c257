import type { Link } from '../queries.ts';
import type { TurnedDown } from '../standing.ts';

/** What is shown of a link as evidence. */
export type ShownLink = Pick<
  Link,
  'seq' | 'kind' | 'primary_id' | 'secondary_id' | 'status' | 'reason' | 'redundant' | 'effective_time' | 'source'
>;

/** Evidence that was turned down, as the link that it is. */
export const asLink = ({ a, b, verdict, time, ...rest }: TurnedDown): ShownLink => ({
  ...rest,
  primary_id: a,
  secondary_id: b,
  status: verdict,
  redundant: false,
  effective_time: time,
});
