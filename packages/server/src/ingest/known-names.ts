import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { nearMisses } from './near-miss.ts';

export interface KnownNames {
  /**
   * The object's names that mean nothing here; almost always none. Throws `invalid-payload` for one that was meant to be another: what it
   * holds would be passed over in silence, and a call for `enviroment: staging` be applied in production.
   */
  unknownIn(object: object): readonly string[];
}

export interface NamesOptions {
  /** What the names are called in messages. */
  readonly what: 'field' | 'query parameter';
  /** What is read. */
  readonly known: readonly string[];
  /** What is passed over without a word. */
  readonly ignored?: readonly string[];
  /** Names that belong elsewhere, and what to do then. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

const none: readonly string[] = [];

export function knownNames({ what, known, ignored = [], elsewhere = {} }: NamesOptions): KnownNames {
  const expected = new Set([...known, ...ignored]);
  const nearMissOf = nearMisses([...known, ...Object.keys(elsewhere)]);
  /** The error that a name is, or null. */
  const judged = new Map<string, string | null>();

  /** The message of the error that a name is; null for one that is merely unknown. */
  function judge(name: string): string | null {
    const meant = Object.hasOwn(elsewhere, name) ? name : nearMissOf(name);
    if (meant === null) return null;
    const called = `Unknown ${what} ${JSON.stringify(name)}.`;
    return elsewhere[meant] === undefined ? `${called} Did you mean ${meant}?` : `${called} ${elsewhere[meant]}`;
  }

  function errorOf(name: string): string | null {
    let error = judged.get(name);
    if (error === undefined) {
      error = judge(name);
      if (judged.size === limits.judgedNamesMax) judged.clear();
      judged.set(name, error);
    }
    return error;
  }

  return {
    unknownIn(object) {
      let unknown: string[] | null = null;
      for (const name in object) {
        if (expected.has(name)) continue;
        unknown ??= [];
        if (unknown.length < limits.unknownNamesJudgedMax) {
          const error = errorOf(name);
          if (error !== null) throw new OnymError('invalid-payload', error);
        }
        unknown.push(name);
      }
      return unknown ?? none;
    },
  };
}
