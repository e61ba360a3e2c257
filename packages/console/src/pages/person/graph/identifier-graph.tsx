import { lazy, Suspense, useMemo } from 'react';
import { counted, formatCount } from '../../../format.ts';
import { texts } from '../../../texts/texts.ts';
import type { Moment } from '../moment.ts';
import type { LedgerRow } from '../queries.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import type { Standing } from '../standing.ts';
import { useSelect } from '../use-select.ts';
import { usePath } from '../why/use-path.ts';
import { elementsOf } from './elements.ts';
import styles from './graph.module.css';
import { boundsOf, layOut } from './layout.ts';
import { Legend } from './legend.tsx';
import { type Graph, graphOf } from './model.ts';
import { asItIs, lifelong } from './skeleton.ts';

/** The same object for as long as it says the same. */
function useStable<Value>(value: Value): Value {
  const said = JSON.stringify(value);
  return useMemo(() => JSON.parse(said) as Value, [said]);
}

const GraphCanvas = lazy(() => import('./graph-canvas.tsx').then(({ GraphCanvas }) => ({ default: GraphCanvas })));

interface Props {
  readonly moment: Moment;
  readonly standing: Standing;
  /** The rows that made the person. */
  readonly rows: readonly LedgerRow[];
}

/** The identifiers of a person and what joins them and keeps them from others. */
export function IdentifierGraph({ moment, standing, rows }: Props) {
  const { a, b, link, as_of_seq } = usePersonSearch();
  const change = useChangeSearch();
  const select = useSelect();
  const path = usePath();
  const { canonical_id, identifier_count } = moment.identity;
  const graph = useMemo(() => graphOf(moment, standing, a ?? canonical_id), [moment, standing, a, canonical_id]);
  const isReplay = as_of_seq !== undefined;
  const positions = useMemo(
    () => layOut(...(isReplay ? lifelong(graph, rows) : asItIs(graph))),
    [graph, isReplay, rows],
  );
  const bounds = useStable(boundsOf(positions));
  const elements = useMemo(
    () => elementsOf(graph, positions, { selected: [a, b], path, link }),
    [graph, positions, a, b, path, link],
  );
  const summary = summaryOf(graph);
  return (
    <>
      <p className={styles.note}>
        {graph.left > 0
          ? texts.person.graph.nearby(formatCount(identifier_count - graph.left), formatCount(identifier_count))
          : summary}
      </p>
      <Suspense fallback={<div className={styles.frame} />}>
        <GraphCanvas
          elements={elements}
          bounds={bounds}
          label={texts.person.graph.label(summary)}
          onNode={select}
          onEdge={(seq) => change({ link: seq === link ? undefined : seq })}
        />
      </Suspense>
      <Legend />
    </>
  );
}

function summaryOf({ nodes, edges }: Graph): string {
  const count = (is: string) => edges.filter((edge) => edge.is === is).length;
  const identifiers = nodes.filter(({ is }) => is !== 'outside').length;
  const words = texts.person.graph;
  const joined =
    identifiers === 1 ? words.alone : words.summary(counted(identifiers, 'identifier'), counted(count('link'), 'link'));
  const beside = words.beside(count('held'), count('refused'), count('separation'));
  return beside === '' ? joined : `${joined} ${beside}.`;
}
