import type { FastifyRequest } from 'fastify';
import { OnymError } from '../../errors.ts';
import { stringifyExact } from '../../exact-json/stringify.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import { defaultEnvironment, environmentOf, type ItemContext, itemOf, libOf } from '../../ingest/read-call.ts';
import type { Call, DeadLetter, IngestOptions } from '../../ingest/types.ts';
import { limits } from '../../limits.ts';
import { checkEnvironment, checkScope } from '../auth.ts';
import { toOnymError } from '../errors.ts';
import type { RouteContext } from '../route-context.ts';
import type { CallReader, Said, Submitted } from './protocol.ts';

/** Of one environment. */
interface Group {
  readonly environment: string;
  readonly indexes: number[];
  readonly calls: Call[];
}

/**
 * Reads what was said and hands it over, one array of calls an environment, in order. Good items are never lost because of bad neighbours.
 * Throws when the stores reject: then all of it is to be sent again.
 */
export async function submit(
  said: Said,
  request: FastifyRequest,
  options: IngestOptions,
  context: RouteContext,
): Promise<Submitted[]> {
  const { services } = context;
  const { items } = said;
  const key = request.key!;
  const itemContext: ItemContext = {
    now: context.now(),
    key: key.name,
    public: key.kind === 'publishable',
    small: request.bodyBytes <= limits.propertiesBytesMax,
    newUuid: context.newUuid,
    namesByContent: true,
  };
  const submitted = new Array<Submitted>(items.length);
  const letters: DeadLetter[] = [];
  const environments = services.environments();
  const groups: Group[] = [];

  function reject(index: number, error: OnymError, call: DeadLetter['call']): void {
    submitted[index] = { error };
    if (!options.dryRun) letters.push(letterOf(items[index], call, error, itemContext, environments));
  }

  function groupOf(environment: string): Group {
    let group = groups.find((each) => each.environment === environment);
    if (group === undefined) {
      checkEnvironment(environments, key, environment);
      group = { environment, indexes: [], calls: [] };
      groups.push(group);
    }
    return group;
  }

  for (let index = 0; index < items.length; index++) {
    let call: DeadLetter['call'] = 'unknown';
    try {
      const reader = said.readerOf(items[index]);
      call = reader.name;
      checkScope(key, call);
      const item = itemOf(items[index]);
      const unknown = reader.fields.unknownIn(item);
      const group = groupOf(environmentOf(item));
      const { environment } = group;
      group.calls.push(reader.read(item, environment, services.settings(environment), itemContext));
      group.indexes.push(index);
      if (!options.dryRun) noteUnknown(reader, environment, item, unknown, request, context);
    } catch (error) {
      reject(index, toOnymError(error), call);
    }
  }

  async function hand({ environment, indexes, calls }: Group): Promise<void> {
    if (calls.length === 0) return;
    const answers = await services.ingest.submit(environment, calls, options);
    for (let i = 0; i < answers.length; i++) {
      const answer = answers[i]!;
      if (!('error' in answer)) submitted[indexes[i]!] = { environment, answer };
      else reject(indexes[i]!, new OnymError(answer.error, answer.message), said.readerOf(items[indexes[i]!]).name);
    }
  }

  if (groups.length === 1) await hand(groups[0]!);
  else await Promise.all(groups.map(hand));
  if (letters.length > 0) services.deadLetter(letters);
  return submitted;
}

/** Counts what an item that was taken says to nobody, the query string's included, and shows it in lint. */
function noteUnknown(
  { name }: CallReader,
  environment: string,
  item: JsonObject,
  fields: readonly string[],
  { key, unknownParameters }: FastifyRequest,
  { services, metrics, now }: RouteContext,
): void {
  if (fields.length === 0 && unknownParameters.length === 0) return;
  metrics.unknownNames(`/${name}`, 'body', fields.length);
  services.lint.observeUnknown(environment, {
    call: name,
    fields: [...fields, ...unknownParameters.map((parameter) => `?${parameter}`)],
    site: { key: key!.name, lib: libOf(item, item.properties) },
    time: now(),
  });
}

/** What was rejected, as it is kept. */
function letterOf(
  item: unknown,
  call: DeadLetter['call'],
  error: OnymError,
  { key, now }: ItemContext,
  environments: readonly string[],
): DeadLetter {
  const environment = (item as { environment?: unknown } | null)?.environment ?? defaultEnvironment;
  return {
    call,
    environment: environments.find((name) => name === environment) ?? null,
    key,
    receivedAt: now,
    errorCode: error.code,
    message: error.message,
    item: textOf(item),
  };
}

function textOf(value: unknown): string {
  try {
    return stringifyExact(value).slice(0, limits.deadLetterCharactersMax);
  } catch {
    // Nested too deeply even for a text.
    return '"(nested too deeply to keep)"';
  }
}
