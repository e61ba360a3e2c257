import { Button } from '../../components/button.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { examplesFor } from './examples.ts';
import { forget, useHistory } from './history.ts';
import type { Schema } from './queries.ts';
import type { SqlSearch } from './route.ts';
import { SavedQueries } from './saved-queries.tsx';
import { SchemaList } from './schema-list.tsx';
import styles from './sidebar.module.css';
import { SidebarSection } from './sidebar-section.tsx';

interface Props {
  readonly schema: Schema | null;
  readonly onBegin: (search: SqlSearch) => void;
}

/** Where to begin: examples, what was saved, what was asked before, and what there is to ask about. */
export function Sidebar({ schema, onBegin }: Props) {
  const environment = useEnvironment();
  const history = useHistory(environment);
  const commonest = schema?.events.map(({ event }) => event) ?? [];
  return (
    <div className={styles.sidebar}>
      <SidebarSection title={texts.sql.examples} isOpen>
        <ul>
          {examplesFor(commonest).map(({ name, sql, view }) => (
            <li key={name}>
              <button type="button" className={styles.entry} onClick={() => onBegin({ sql, view })}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      </SidebarSection>
      <SidebarSection title={texts.sql.saved} isOpen>
        <SavedQueries onBegin={onBegin} />
      </SidebarSection>
      <SidebarSection title={texts.sql.history}>
        {history.length === 0 && <p>{texts.sql.noHistory}</p>}
        <ul>
          {history.map((sql) => (
            <li key={sql}>
              <button type="button" className={styles.entry} title={sql} onClick={() => onBegin({ sql })}>
                <code>{sql}</code>
              </button>
            </li>
          ))}
        </ul>
        {history.length > 0 && (
          <Button look="quiet" onClick={() => forget(environment)}>
            {texts.sql.clearHistory}
          </Button>
        )}
      </SidebarSection>
      {schema !== null && <SchemaList schema={schema} />}
    </div>
  );
}
