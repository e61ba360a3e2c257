import { Select } from '../../components/select.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { asRecognised, kinds, type Reading, vendors } from './types.ts';
import { readAs, type Work } from './work.ts';

const { imports } = texts;

const options = [
  { value: '', label: imports.asRecognised(null) },
  ...kinds.map((kind) => ({ value: kind, label: imports.kinds[kind] })),
  ...vendors.map((vendor) => ({ value: vendor, label: imports.vendors[vendor] })),
];

/** What each row is. Columns that were chosen for rows of another kind are chosen no more. */
export function WhatSelect({ work }: { readonly work: Work }) {
  const environment = useEnvironment();
  const { delimiter, batch } = work.reading;
  return (
    <Select
      label={imports.what}
      labelled
      value={work.reading.what}
      options={options}
      onChange={({ target }) =>
        readAs(environment, { ...asRecognised, delimiter, batch, what: target.value as Reading['what'] })
      }
    />
  );
}
