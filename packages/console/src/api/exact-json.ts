/** The text that a number was read from: browsers of 2025 and later say it. */
interface Source {
  readonly source?: string;
}

const reviver = (_key: string, value: unknown, context?: Source): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? BigInt(context!.source!)
    : value;

/** JSON with every digit: integers that a double can't hold are bigints. In an older browser they are the nearest double. */
export const parseExact = (text: string): unknown =>
  JSON.parse(text, reviver as (key: string, value: unknown) => unknown);

const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };

const replacer = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'bigint') return value;
  return rawJSON === undefined ? Number(value) : rawJSON(value.toString());
};

/** The way back: bigints are written as the integers that they are. */
export const stringifyExact = (value: unknown, indent?: number): string =>
  JSON.stringify(value, replacer, indent) ?? '';
