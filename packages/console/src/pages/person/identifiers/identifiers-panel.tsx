import { Tabs } from '../../../components/tabs.tsx';
import { useShortcuts } from '../../../keyboard/shortcuts.ts';
import { texts } from '../../../texts/texts.ts';
import { IdentifierGraph } from '../graph/identifier-graph.tsx';
import { graphNodesMax } from '../graph/model.ts';
import type { Moment } from '../moment.ts';
import { Panel } from '../panel.tsx';
import type { LedgerRow } from '../queries.ts';
import { type PersonSearch, useChangeSearch, usePersonSearch } from '../search.ts';
import type { Standing } from '../standing.ts';
import { IdentifierFilter } from './identifier-filter.tsx';
import { IdentifierList } from './identifier-list.tsx';
import styles from './identifiers.module.css';
import { LinkList } from './link-list.tsx';

interface Props {
  readonly moment: Moment;
  readonly standing: Standing;
  readonly rows: readonly LedgerRow[];
}

const viewNames = ['graph', 'list', 'links'] as const;

const viewLink = (view: PersonSearch['view']) => ({
  to: '.' as const,
  search: (now: object) => ({ ...now, view }),
  replace: true,
  resetScroll: false,
});

export function IdentifiersPanel({ moment, standing, rows }: Props) {
  const search = usePersonSearch();
  const change = useChangeSearch();
  // A graph of very many is offered, not forced on the reader.
  const view = search.view ?? (moment.identity.identifier_count > graphNodesMax ? 'list' : 'graph');
  const words = texts.person.identifiers;
  const next = viewNames[(viewNames.indexOf(view) + 1) % viewNames.length];
  useShortcuts([{ keys: 'v', does: words.toggleView, run: () => change({ view: next }) }]);
  return (
    <Panel
      title={words.title}
      className={styles.panel}
      aside={
        <Tabs
          label={words.views}
          current={view}
          tabs={viewNames.map((name) => ({ name, label: words[name], link: viewLink(name) }))}
        />
      }
    >
      {view === 'graph' && <IdentifierGraph moment={moment} standing={standing} rows={rows} />}
      {view === 'list' && (
        <>
          <IdentifierFilter moment={moment} />
          <IdentifierList moment={moment} />
        </>
      )}
      {view === 'links' && <LinkList moment={moment} standing={standing} />}
    </Panel>
  );
}
