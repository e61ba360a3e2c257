import { shownText } from '../../characters.ts';
import { texts } from '../../texts/texts.ts';
import type { Schema } from './queries.ts';
import styles from './sidebar.module.css';
import { SidebarSection } from './sidebar-section.tsx';

/** What there is to ask about: the views with their columns, and keys that were seen, as SQL reads them. */
export function SchemaList({ schema: { views, properties, traits } }: { readonly schema: Schema }) {
  const keys = [
    { title: texts.sql.properties, list: properties.keys },
    { title: texts.sql.traits, list: traits.keys },
  ];
  return (
    <>
      {views.map((view) => (
        <SidebarSection key={view.name} title={view.name}>
          <p>{view.comment}</p>
          <ul>
            {view.columns.map(({ name, type, comment }) => (
              <li key={name} className={styles.column} title={comment}>
                <code>{name}</code>
                <span className={styles.type}>{type}</span>
              </li>
            ))}
          </ul>
        </SidebarSection>
      ))}
      {keys.map(({ title, list }) => (
        <SidebarSection key={title} title={title}>
          <ul>
            {list.map(({ key, sql }) => (
              <li key={key} className={styles.column}>
                <code>{shownText(sql)}</code>
              </li>
            ))}
          </ul>
        </SidebarSection>
      ))}
    </>
  );
}
