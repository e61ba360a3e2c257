import type { FastifyRequest } from 'fastify';
import { OnymError } from '../../errors.ts';
import { stringifyExact } from '../../exact-json/stringify.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import { defaultEnvironment, environmentOf, type ItemContext, itemOf, libOf } from '../../ingest/read-call.ts';
import { type Call, type DeadLetter, type IngestOptions, isEvent } from '../../ingest/types.ts';
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

/** A request under way. */
interface Submission {
  readonly said: Said;
  readonly request: FastifyRequest;
  readonly options: IngestOptions;
  readonly context: RouteContext;
  readonly itemContext: ItemContext;
  readonly environments: readonly string[];
  readonly submitted: Submitted[];
  /** null until something is rejected. */
  letters: DeadLetter[] | null;
  /** Hardly ever is there more than the first. */
  first: Group | null;
  others: Group[] | null;
}

/**
 * Reads what was said and hands it over, one array of calls an environment, in order. Good items are never lost because of bad neighbours.
 * Rejects when the stores do: then all of it is to be sent again.
 */
export function submit(
  said: Said,
  request: FastifyRequest,
  options: IngestOptions,
  context: RouteContext,
): Promise<Submitted[]> {
  const key = request.key!;
  const itemContext: ItemContext = {
    now: context.now(),
    key: key.name,
    public: key.kind === 'publishable',
    small: request.bodyBytes <= limits.propertiesBytesMax,
    newUuid: context.newUuid,
    namesByContent: true,
  };
  const submission: Submission = {
    said,
    request,
    options,
    context,
    itemContext,
    environments: context.services.environments(),
    submitted: new Array<Submitted>(said.items.length),
    letters: null,
    first: null,
    others: null,
  };
  for (let index = 0; index < said.items.length; index++) readItem(submission, index);
  const { first, others } = submission;
  if (first === null) return Promise.resolve(ended(submission));
  if (others === null) return hand(submission, first).then(() => ended(submission));
  return Promise.all([first, ...others].map((group) => hand(submission, group))).then(() => ended(submission));
}

function readItem(submission: Submission, index: number): void {
  const { said, request, options, context, itemContext } = submission;
  const given = said.items[index];
  let name: DeadLetter['call'] = 'unknown';
  try {
    const reader = said.readerOf(given);
    name = reader.name;
    checkScope(request.key!, name);
    const item = itemOf(given);
    const unknown = reader.fields.unknownIn(item);
    const environment = environmentOf(item);
    const known = groupOf(submission, environment);
    if (known === null) checkEnvironment(submission.environments, request.key!, environment);
    const call = reader.read(item, environment, context.services.settings(environment), itemContext);
    if (known === null) addGroup(submission, { environment, indexes: [index], calls: [call] });
    else {
      known.indexes.push(index);
      known.calls.push(call);
    }
    if (!options.dryRun) noteUnknown(reader, environment, item, unknown, request, context);
    if (isEvent(call) && call.evidence === null && context.services.keepsEveryEvent) giveUp(submission, index);
  } catch (error) {
    reject(submission, index, toOnymError(error), name);
  }
}

/** What an item was parsed to is a good part of what the collector would have to copy while its call waits. */
function giveUp({ said, request }: Submission, index: number): void {
  said.items[index] = undefined;
  if (said.items.length === 1) request.body = undefined;
}

function groupOf({ first, others }: Submission, environment: string): Group | null {
  if (first === null || first.environment === environment) return first;
  return others?.find((group) => group.environment === environment) ?? null;
}

function addGroup(submission: Submission, group: Group): void {
  if (submission.first === null) submission.first = group;
  else if (submission.others === null) submission.others = [group];
  else submission.others.push(group);
}

function reject(submission: Submission, index: number, error: OnymError, call: DeadLetter['call']): void {
  const { said, options, itemContext, environments, submitted } = submission;
  submitted[index] = { error };
  if (options.dryRun) return;
  submission.letters ??= [];
  submission.letters.push(letterOf(said.items[index], call, error, itemContext, environments));
}

function hand(submission: Submission, { environment, indexes, calls }: Group): Promise<void> {
  const { said, options, context, submitted } = submission;
  return context.services.ingest.submit(environment, calls, options).then((answers) => {
    for (let i = 0; i < answers.length; i++) {
      const index = indexes[i]!;
      const answer = answers[i]!;
      if (!('error' in answer)) submitted[index] = { environment, answer };
      else
        reject(submission, index, new OnymError(answer.error, answer.message), said.readerOf(said.items[index]).name);
    }
  });
}

function ended({ letters, submitted, context }: Submission): Submitted[] {
  if (letters !== null) context.services.deadLetter(letters);
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
