import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { ColumnSelect } from './column-select.tsx';
import { columnsOf, fieldsOf, kindOf } from './columns.ts';
import { CommittedField } from './committed-field.tsx';
import { DelimiterSelect } from './delimiter-select.tsx';
import styles from './reading-form.module.css';
import { Section } from './section.tsx';
import { TraitFields } from './trait-fields.tsx';
import { WhatSelect } from './what-select.tsx';
import { nameBatch, readAs, type Work } from './work.ts';

/** What the rows are and which column is what. Each change begins the dry run anew. */
export function ReadingForm({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const { reading } = work;
  const kind = kindOf(work);
  const isKnown = columnsOf(work).length > 0;
  return (
    <Section title={texts.imports.reading}>
      <div className={styles.form}>
        <WhatSelect work={work} />
        {kind !== null &&
          isKnown &&
          fieldsOf(kind).map((field) => <ColumnSelect key={field} field={field} work={work} />)}
        {kind === null && <ColumnSelect field="timestamp" work={work} />}
        {kind === 'alias' && (
          <CommittedField
            label={texts.imports.secondaryPrefix}
            hint={texts.imports.secondaryPrefixHint}
            value={reading.secondaryPrefix}
            onCommit={(secondaryPrefix) => readAs(environment, { secondaryPrefix })}
          />
        )}
        <DelimiterSelect work={work} />
        <CommittedField
          label={texts.imports.batch}
          hint={texts.imports.batchHint}
          value={reading.batch}
          placeholder={work.recognised?.batch ?? ''}
          onCommit={(batch) => nameBatch(environment, batch)}
        />
      </div>
      {kind !== 'alias' && isKnown && <TraitFields work={work} kind={kind} />}
    </Section>
  );
}
