import type { Answer } from '../../api/ask-sql.ts';
import { chartColumns } from '../../components/chart/columns.ts';
import type { SqlSearch } from './route.ts';
import type { SavedQuery } from './saved.ts';

/** How an answer is shown, as it is saved: with the columns that are drawn now, chosen or not. */
export function chartOf({ view = 'table', x, y }: SqlSearch, answer: Answer | undefined): SavedQuery['chart'] {
  if (view === 'table' || answer === undefined) return null;
  const { across, up } = chartColumns(answer, x, y);
  if (across === undefined || up.length === 0) return null;
  return { kind: view, x: across.name, y: up.map(({ name }) => name) };
}

/** The address of a saved query. */
export const searchOf = ({ id, sql, chart }: SavedQuery): SqlSearch => ({
  sql,
  saved: id,
  ...(chart !== null && { view: chart.kind, x: chart.x ?? undefined, y: chart.y }),
});
