import Papa from 'papaparse';

/** What the beginning of a file shows: for people to choose columns by. What the file is, the server says. */
export interface Sample {
  readonly columns: readonly string[];
  /** Cells by column, as text. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const rowsMax = 5;

/** Of a CSV file, or of JSON; null where no row can be made out. `isWhole`: the text does not stop in the middle. */
export function sampleOf(text: string, isWhole: boolean, delimiter = ''): Sample | null {
  const isJson = /^\s*[[{]/.test(text);
  const sample = isJson ? ofObjects(objectsIn(text, isWhole)) : ofCsv(text, delimiter);
  return sample === null || sample.columns.length === 0 ? null : sample;
}

function ofCsv(text: string, delimiter: string): Sample | null {
  const separated = /^sep=(.)\r?\n/.exec(text);
  const body = separated === null ? text : text.slice(separated[0].length);
  const { data } = Papa.parse<string[]>(body, {
    preview: rowsMax + 1,
    skipEmptyLines: 'greedy',
    delimiter: delimiter || (separated?.[1] ?? ''),
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const [header, ...lines] = data;
  if (header === undefined) return null;
  const columns = header.map((name) => name.trim());
  return {
    columns,
    rows: lines.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))),
  };
}

/** Of a list, of an API's page, of one object a line, or of one alone. */
function objectsIn(text: string, isWhole: boolean): unknown[] {
  const whole = isWhole ? parsed(text) : undefined;
  if (whole !== undefined) return listIn(whole);
  const lines = text.split('\n').slice(0, rowsMax);
  return lines.map((line) => parsed(line.replace(/^\s*\[|,\s*$/g, ''))).filter((value) => value !== undefined);
}

const listNames = /^(?:results|data|batch|events|rows|items|records|persons|people|users|profiles)$/;

function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const list = isObject(value)
    ? Object.entries(value).find(([name, each]) => listNames.test(name) && isList(each))
    : undefined;
  return list === undefined ? [value] : (list[1] as unknown[]);
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function ofObjects(values: readonly unknown[]): Sample | null {
  const objects = values.filter(isObject).slice(0, rowsMax);
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return {
    columns,
    rows: objects.map((object) => Object.fromEntries(columns.map((name) => [name, cell(object[name])]))),
  };
}

const cell = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
