import { OnymError } from '../errors.ts';
import { literalOf, type ParameterType, parameterTypeOf } from './parameter-types.ts';

/** Values for the `{name:Type}` of a statement, as they came in JSON: integers that a double can't hold are bigints. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/**
 * A quoted text or name of a statement as the engine prints it, in which braces mean nothing; or a parameter with its type, which may
 * hold a quoted text of its own: `{at:DateTime64(3, 'UTC')}`.
 */
const quotedOrParameter =
  /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|`[^`\\]*(?:\\[\s\S][^`\\]*)*`|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\{(\w+):((?:[^{}']|'[^']*')+)\}/g;

export interface ParameterLimits {
  readonly queryParametersMax: number;
  readonly queryParametersBytesMax: number;
}

/**
 * The statement with each parameter as a literal of its type. `statement` is as the engine's formatter printed it, so its quotes are told
 * from its parameters without doubt; what comes out is checked by the guard like any other statement. (The engine's own parameters would
 * block every other query of the process while one with parameters runs.) Throws OnymError `invalid-payload` for a parameter that is
 * missing, not used or of another type, and `payload-too-large`.
 */
export function bindParameters(statement: string, parameters: QueryParameters, limits: ParameterLimits): string {
  const given = Object.keys(parameters);
  if (given.length > limits.queryParametersMax) {
    throw new OnymError(
      'payload-too-large',
      `params has more than ${limits.queryParametersMax} entries. Send lists as one Array parameter.`,
    );
  }
  const types = new Map<string, ParameterType>();
  const used = new Set<string>();
  let bytes = 0;
  const bound = statement.replace(quotedOrParameter, (token, name?: string, typeText?: string) => {
    if (name === undefined || typeText === undefined) return token;
    const type = types.get(typeText) ?? parameterTypeOf(typeText, name);
    types.set(typeText, type);
    used.add(name);
    if (!Object.hasOwn(parameters, name)) throw missing(name, token, given);
    const text = literalOf(type, parameters[name], name);
    bytes += Buffer.byteLength(text);
    if (bytes > limits.queryParametersBytesMax) {
      throw new OnymError(
        'payload-too-large',
        `The parameters come to more than ${limits.queryParametersBytesMax} bytes. Send fewer values, or ask in parts.`,
      );
    }
    return text;
  });
  const surplus = given.find((name) => !used.has(name));
  if (surplus !== undefined) throw unused(surplus, used);
  return bound;
}

const shown = (name: string): string => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);

function missing(name: string, token: string, given: readonly string[]): OnymError {
  const others = given.length === 0 ? '' : ` params has ${given.slice(0, 5).map(shown).join(', ')}.`;
  return new OnymError(
    'invalid-payload',
    `The statement asks for ${token.slice(0, 60)}, which params does not hold. Send it as params.${name.slice(0, 40)}.${others}`,
  );
}

function unused(name: string, used: ReadonlySet<string>): OnymError {
  const names = [...used].slice(0, 5).map(shown).join(', ');
  return new OnymError(
    'invalid-payload',
    `The statement does not use the parameter ${shown(name)}. ${names === '' ? 'Write it as {name:String} there, or leave it out.' : `It uses ${names}.`}`,
  );
}
