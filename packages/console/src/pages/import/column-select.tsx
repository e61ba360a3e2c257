import { shownText } from '../../characters.ts';
import { Select } from '../../components/select.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { columnsOf, guessed, kindOf } from './columns.ts';
import type { ColumnField } from './types.ts';
import { readAs, type Work } from './work.ts';

const { imports } = texts;
/** As `POST /v1/import` says it. */
const now = 'now';

/** Which column says this of a row. */
export function ColumnSelect({ field, work }: { readonly field: ColumnField; readonly work: Work }) {
  const environment = useEnvironment();
  const guess = guessed(field, work);
  const label = field === 'primary' && kindOf(work) === 'alias' ? imports.primaryOfPair : imports[field];
  const columns = columnsOf(work).filter((column) => column !== '' && !(field === 'timestamp' && column === now));
  return (
    <Select
      label={label}
      labelled
      value={work.reading[field]}
      options={[
        { value: '', label: imports.asRecognised(guess === null ? null : shownText(guess)) },
        ...(field === 'timestamp' ? [{ value: now, label: imports.now }] : []),
        ...columns.map((column) => ({ value: column, label: shownText(column) })),
      ]}
      onChange={({ target }) => readAs(environment, { [field]: target.value })}
    />
  );
}
