import { type ErrorCode, OnymError } from '../errors.ts';
import type { KeptLetter } from '../ingest/dead-letter-table.ts';
import { parseJson } from '../ingest/parse-json.ts';
import { environmentOf, itemOf } from '../ingest/read-call.ts';
import { type Call, isEvent } from '../ingest/types.ts';
import type { Key, KeyKind } from '../keys/types.ts';
import { messageUuid } from '../node-id.ts';
import { checkEnvironment } from './auth.ts';
import { toOnymError } from './errors.ts';
import { callReaders } from './protocols/onym.ts';
import type { Services } from './services.ts';

export interface Replayed {
  /** Ids of the letters that were taken. */
  readonly taken: readonly number[];
  readonly verdicts: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly id: number; readonly error_code: ErrorCode; readonly message: string }[];
}

interface Parts {
  readonly services: Pick<Services, 'environments' | 'settings' | 'ingest'>;
  /** Who asks: letters of environments that are not this key's stay. */
  readonly key: Key;
  /** Of the key that sent a letter. */
  readonly kindOf: (keyName: string) => KeyKind;
}

/** Of one environment, in the order they came in. */
interface Group {
  readonly ids: number[];
  readonly calls: Call[];
}

/**
 * Reads letters as if their key sent them now, at the time it did, and applies those that are acceptable, in their order. An event that has no
 * name of its own gets the letter's, so that a replay which broke off, and is done again, counts nothing twice.
 */
export async function replay(letters: readonly KeptLetter[], parts: Parts): Promise<Replayed> {
  const { ingest } = parts.services;
  const taken: number[] = [];
  const verdicts: Record<string, number> = {};
  const failures: { id: number; error_code: ErrorCode; message: string }[] = [];
  const fail = (id: number, { code, message }: OnymError) => failures.push({ id, error_code: code, message });

  const groups = new Map<string, Group>();
  for (const letter of letters) {
    try {
      const { environment, call } = readLetter(letter, parts);
      const group = groups.get(environment) ?? { ids: [], calls: [] };
      groups.set(environment, group);
      group.ids.push(letter.id);
      group.calls.push(call);
    } catch (error) {
      fail(letter.id, toOnymError(error));
    }
  }
  for (const [environment, { ids, calls }] of groups) {
    const answers = await ingest.submit(environment, calls, { dryRun: false, sync: false });
    for (const [index, answer] of answers.entries()) {
      const id = ids[index]!;
      if ('error' in answer) {
        fail(id, new OnymError(answer.error, answer.message));
        continue;
      }
      taken.push(id);
      verdicts[answer.verdict] = (verdicts[answer.verdict] ?? 0) + 1;
    }
  }
  return { taken, verdicts, failures };
}

function readLetter(letter: KeptLetter, { services, key, kindOf }: Parts): { environment: string; call: Call } {
  if (letter.call === 'unknown') {
    throw new OnymError('invalid-payload', 'The item does not say which call it is. Discard it, or send it again.');
  }
  const reader = callReaders[letter.call];
  const item = itemOf(wholeItem(letter.item));
  reader.fields.unknownIn(item);
  const environment = environmentOf(item);
  checkEnvironment(services.environments(), key, environment);
  const name = messageUuid(environment, `dead letter ${letter.id} of ${letter.receivedAt}`);
  const call = reader.read(item, environment, services.settings(environment), {
    now: letter.receivedAt,
    key: letter.key,
    public: kindOf(letter.key) === 'publishable',
    small: false,
    newUuid: () => name,
    namesByContent: true,
  });
  return { environment, call: isEvent(call) ? { ...call, explicitUuid: true } : call };
}

function wholeItem(text: string): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch (cause) {
    const message = 'The item was too long, or nested too deeply, to be kept whole. Discard it, or send it again.';
    throw new OnymError('invalid-json', message, { cause });
  }
}
