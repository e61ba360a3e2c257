import { uuid } from '../uuid.ts';

/** How an integer beyond 2^53 begins; few texts without one hold it. */
const suspicion = /(?:^|[\s:,[-])\d{16}/;
/** What must be told apart to know which digits are a number: an escaped character, the start or end of a string, digits. */
const token = /\\.|"|-?\d[\d.eE+-]*/g;
const integer = /^-?\d+$/;

/** As JSON.parse, but an integer that a number can't hold is a bigint. Throws for what is no JSON. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!suspicion.test(text)) return value;
  // Not to be found in anybody's text.
  const mark = uuid();
  let isInString = false;
  const marked = text.replace(token, (found) => {
    if (found === '"') isInString = !isInString;
    const isRounded = !isInString && integer.test(found) && !Number.isSafeInteger(Number(found));
    return isRounded ? `"${mark}${found}"` : found;
  });
  if (marked.length === text.length) return value;
  return JSON.parse(marked, (_, inner) =>
    typeof inner === 'string' && inner.startsWith(mark) ? BigInt(inner.slice(mark.length)) : inner,
  );
}
