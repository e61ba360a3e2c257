import { Select } from '../../components/select.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { readAs, type Work } from './work.ts';

const { imports } = texts;

/** Of a CSV file, or of one that is not known to be something else. */
export function DelimiterSelect({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  if (work.recognised !== null && work.recognised.format !== 'csv') return null;
  return (
    <Select
      label={imports.delimiter}
      labelled
      value={work.reading.delimiter}
      options={[
        { value: '', label: imports.asRecognised(null) },
        ...Object.entries(imports.delimiters).map(([value, label]) => ({ value, label })),
      ]}
      onChange={({ target }) => readAs(environment, { delimiter: target.value })}
    />
  );
}
