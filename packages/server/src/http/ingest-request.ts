import type { FastifyRequest } from 'fastify';
import { type ErrorCode, OnymError } from '../errors.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { JsonObject } from '../ingest/json-values.ts';
import type { DeadLetter, IngestOptions } from '../ingest/types.ts';
import { defaultEnvironment, environmentOf, type ItemContext, itemOf, libOf } from '../ingest/validate.ts';
import type { Key } from '../keys/types.ts';
import { limits } from '../limits.ts';
import { checkEnvironment, mayRead } from './auth.ts';
import { errorBody, toOnymError } from './errors.ts';
import type { IngestCall, WireAnswer } from './ingest-calls.ts';
import type { RouteContext } from './route-context.ts';

/** The item at `index` was not accepted, for this reason. */
interface Rejection {
  readonly index: number;
  readonly error: OnymError;
}

export interface ArrayAnswer {
  readonly ok: boolean;
  /** Of the first item, when none was accepted. */
  readonly error_code?: ErrorCode;
  readonly message?: string;
  readonly accepted: number;
  readonly rejected: readonly { index: number; error_code: ErrorCode; message: string }[];
  readonly results: readonly (WireAnswer | null)[];
}

export function ingestOptionsOf(query: unknown, name: string, key: Key): IngestOptions {
  const { dry_run: dryRun, sync } = query as Record<string, unknown>;
  const options = { dryRun: flagOf(dryRun, 'dry_run'), sync: flagOf(sync, 'sync') };
  if (options.dryRun && name === 'track') {
    throw new OnymError('invalid-payload', 'track has no dry run. Leave dry_run out, or send the pair to /alias.');
  }
  if (options.dryRun && key.kind !== 'secret') {
    throw new OnymError('forbidden', 'A dry run needs a secret key (sk_…); this one is publishable.');
  }
  return options;
}

function flagOf(value: unknown, name: string): boolean {
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1' || value === '') return true;
  throw new OnymError('invalid-payload', `${name} is neither true nor false. Send ${name}=true or leave it out.`);
}

function itemContextOf(request: FastifyRequest, key: Key, context: RouteContext): ItemContext {
  return {
    now: context.now(),
    key: key.name,
    public: key.kind === 'publishable',
    small: request.bodyBytes <= limits.propertiesBytesMax,
    newUuid: context.newUuid,
    namesByContent: true,
  };
}

/** Throws the item's error, also when the stores reject. */
export async function ingestOne<Item, Result>(
  call: IngestCall<Item, Result>,
  request: FastifyRequest,
  options: IngestOptions,
  context: RouteContext,
): Promise<WireAnswer> {
  const key = request.key!;
  const { services } = context;
  const itemContext = itemContextOf(request, key, context);
  let environment: string;
  let item: Item;
  try {
    const object = itemOf(request.body);
    const unknown = call.fields.unknownIn(object);
    environment = environmentOf(object);
    checkEnvironment(services.environments(), key, environment);
    item = call.read(object, environment, services.settings(environment), itemContext);
    if (!options.dryRun) noteUnknown(call, environment, object, unknown, request, context);
  } catch (error) {
    if (!options.dryRun) bury(call, [{ index: 0, error: toOnymError(error) }], [request.body], itemContext, context);
    throw error;
  }
  const [result] = await call.run(services.ingest, environment, [item], options);
  return call.answer(result!, environment, mayRead(key));
}

/** Good items are never lost because of bad neighbours. Throws when the stores reject: then the whole array is to be sent again. */
export async function ingestArray<Item, Result>(
  call: IngestCall<Item, Result>,
  request: FastifyRequest,
  values: readonly unknown[],
  options: IngestOptions,
  context: RouteContext,
): Promise<ArrayAnswer> {
  const key = request.key!;
  const { services } = context;
  if (values.length === 0) {
    throw new OnymError('invalid-payload', `The array is empty. Send 1 to ${limits.itemsPerRequestMax} items.`);
  }
  if (values.length > limits.itemsPerRequestMax) {
    throw new OnymError(
      'payload-too-large',
      `The array has more than ${limits.itemsPerRequestMax} items. Split it over several requests.`,
    );
  }
  const itemContext = itemContextOf(request, key, context);
  const rejections: Rejection[] = [];
  const groups = new Map<string, { indexes: number[]; items: Item[] }>();
  const environments = services.environments();
  for (let index = 0; index < values.length; index++) {
    try {
      const object = itemOf(values[index]);
      const unknown = call.fields.unknownIn(object);
      const environment = environmentOf(object);
      let group = groups.get(environment);
      if (group === undefined) {
        checkEnvironment(environments, key, environment);
        group = { indexes: [], items: [] };
        groups.set(environment, group);
      }
      group.items.push(call.read(object, environment, services.settings(environment), itemContext));
      group.indexes.push(index);
      if (!options.dryRun) noteUnknown(call, environment, object, unknown, request, context);
    } catch (error) {
      rejections.push({ index, error: toOnymError(error) });
    }
  }

  const results = new Array<WireAnswer | null>(values.length).fill(null);
  await Promise.all(
    [...groups].map(async ([environment, { indexes, items }]) => {
      if (items.length === 0) return;
      const answers = await call.run(services.ingest, environment, items, options);
      for (let i = 0; i < answers.length; i++) {
        const index = indexes[i]!;
        try {
          results[index] = call.answer(answers[i]!, environment, mayRead(key));
        } catch (error) {
          rejections.push({ index, error: toOnymError(error) });
        }
      }
    }),
  );
  rejections.sort((a, b) => a.index - b.index);
  if (!options.dryRun) bury(call, rejections, values, itemContext, context);
  return arrayAnswer(rejections, results);
}

function arrayAnswer(rejections: readonly Rejection[], results: readonly (WireAnswer | null)[]): ArrayAnswer {
  const accepted = results.length - rejections.length;
  const rejected = rejections.map(({ index, error }) => ({ index, error_code: error.code, message: error.message }));
  if (accepted > 0) return { ok: true, accepted, rejected, results };
  return { ...errorBody(rejections[0]!.error), accepted, rejected, results };
}

/** Counts what an item that was taken says to nobody, the query string's included, and shows it in lint. */
function noteUnknown<Item, Result>(
  { name }: IngestCall<Item, Result>,
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

/** Keeps what was rejected, with the reason. */
function bury<Item, Result>(
  call: IngestCall<Item, Result>,
  rejections: readonly Rejection[],
  values: readonly unknown[],
  { key, now }: ItemContext,
  { services }: RouteContext,
): void {
  if (rejections.length === 0) return;
  const environments = services.environments();
  services.deadLetter(
    rejections.map(({ index, error }): DeadLetter => {
      const value = values[index];
      const environment = (value as { environment?: unknown } | null)?.environment ?? defaultEnvironment;
      return {
        call: call.name,
        environment: environments.find((name) => name === environment) ?? null,
        key,
        receivedAt: now,
        errorCode: error.code,
        message: error.message,
        item: textOf(value),
      };
    }),
  );
}

function textOf(value: unknown): string {
  try {
    return stringifyExact(value).slice(0, limits.deadLetterCharactersMax);
  } catch {
    // Nested too deeply even for a text.
    return '"(nested too deeply to keep)"';
  }
}
