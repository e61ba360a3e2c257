import { uuid } from './uuid.ts';

/** As JSON.stringify writes it, and a bigint as its digits. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Not to be found in anybody's text.
    const mark = uuid();
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? mark + inner + mark : inner))
      .replaceAll(`"${mark}`, '')
      .replaceAll(`${mark}"`, '');
  }
}
