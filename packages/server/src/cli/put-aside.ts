import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseExact } from '../exact-json/parse.ts';
import { exitCode, pageSizeOf, type ReadOptions, readOptions } from './options.ts';
import { inOneLine, print, printJson, shown, table } from './print.ts';
import { RequestError, type Transport, withTransport } from './transport.ts';

interface ListOptions extends ReadOptions, Filter {
  readonly limit: number;
}

interface ChangeOptions extends ReadOptions, Filter {
  readonly all?: true;
}

/** Of dead letters; as the options are called. */
interface Filter {
  readonly call?: string;
  readonly sentBy?: string;
  readonly errorCode?: string;
}

interface Letter {
  readonly id: number;
  readonly call: string;
  readonly environment: string | null;
  readonly key: string;
  readonly received_at: string;
  readonly error_code: string;
  readonly message: string;
  readonly item: string;
}

interface Quarantined {
  readonly id: number;
  readonly quarantined_at: string;
  readonly message: string;
  readonly event: { readonly event: string; readonly distinct_id: string };
}

interface Replayed {
  readonly replayed: number;
  readonly returned?: number;
  readonly verdicts?: Readonly<Record<string, number>>;
  readonly failed?: number;
  readonly failures?: readonly { readonly id: number; readonly error_code: string; readonly message: string }[];
  readonly next?: string | null;
}

/** dead-letters and quarantine: what was put aside, to be looked at, taken up again, or deleted. */
export function putAsideCommands(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('show items that ingestion rejected, take them up again after a fix, or discard them');
  const filters = (command: Command) =>
    command
      .addOption(new Option('--call <name>', 'of this call').choices(['track', 'identify', 'alias', 'unknown']))
      .option('--sent-by <key name>', 'sent with this key')
      .option('--error-code <code>', 'rejected with this code');
  filters(listing(letters, 'show the newest, with the reason', 50)).action((options: ListOptions) =>
    list(options, '/v1/dead-letters', 'dead_letters', lettersTable),
  );
  filters(change(letters, 'replay', 'apply those that are acceptable by now, as their key sent them')).action(
    (ids: number[], options: ChangeOptions) => replay(ids, options, '/v1/dead-letters/replay'),
  );
  filters(change(letters, 'discard', 'delete them')).action((ids: number[], options: ChangeOptions) =>
    discard(ids, options, '/v1/dead-letters/discard'),
  );

  const quarantine = program
    .command('quarantine')
    .description('show events that the event store would not take, give them to it again, or discard them');
  listing(quarantine, 'show the oldest, with what the event store said', 50).action((options: ListOptions) =>
    list(options, '/v1/quarantine', 'events', quarantineTable),
  );
  change(quarantine, 'replay', 'give them to the event store again').action((ids: number[], options: ChangeOptions) =>
    replay(ids, options, '/v1/quarantine/replay'),
  );
  change(quarantine, 'discard', 'delete them').action((ids: number[], options: ChangeOptions) =>
    discard(ids, options, '/v1/quarantine/discard'),
  );
}

const listing = (parent: Command, description: string, count: number): Command =>
  readOptions(parent.command('list', { isDefault: true }))
    .description(description)
    .addOption(new Option('--limit <count>', 'how many').default(count).argParser(pageSizeOf));

const change = (parent: Command, name: string, description: string): Command =>
  readOptions(parent.command(name).argument('[ids...]', 'those with these ids', idOf))
    .description(description)
    .option('--all', 'all there are, or all that the filters name');

function idOf(text: string, before: number[] = []): number[] {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError(`${JSON.stringify(text)} is no id of the list.`);
  return [...before, Number(text)];
}

const filterOf = ({ call, sentBy, errorCode }: Filter) => ({ call, key: sentBy, error_code: errorCode });

async function list<Entry>(
  options: ListOptions,
  path: string,
  name: string,
  describe: (entries: readonly Entry[]) => string,
): Promise<void> {
  const given = Object.entries(filterOf(options)).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams([['environment', options.environment], ['limit', String(options.limit)], ...given]);
  const text = await withTransport(options, (transport) => transport.request('GET', `${path}?${query}`));
  const answer = parseExact(text) as Record<string, unknown>;
  if (options.json) return printJson(answer);
  print(`${describe(answer[name] as Entry[])}${answer.next === null ? '' : '\n(more: --limit)'}`);
}

function lettersTable(letters: readonly Letter[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const rows = letters.map(({ id, received_at, call, environment, key, error_code, item }) => [
    String(id),
    received_at.slice(0, 19).replace('T', ' '),
    call,
    environment ?? '-',
    key,
    error_code,
    item.length > itemLengthMax ? `${item.slice(0, itemLengthMax)}…` : item,
  ]);
  return table(['id', 'received', 'call', 'environment', 'key', 'error', 'item'], rows);
}

const itemLengthMax = 80;

function quarantineTable(events: readonly Quarantined[]): string {
  if (events.length === 0) return 'There is nothing in quarantine.';
  const rows = events.map(({ id, quarantined_at, event, message }) => [
    String(id),
    quarantined_at.slice(0, 19).replace('T', ' '),
    event.event,
    event.distinct_id,
    inOneLine(message).slice(0, itemLengthMax),
  ]);
  return table(['id', 'since', 'event', 'distinct_id', 'what the event store said'], rows);
}

function selectionOf(ids: readonly number[], { all, environment, ...options }: ChangeOptions) {
  const filter = filterOf(options);
  if (ids.length > 0 === (all ?? false)) throw new RequestError('Give either ids, or --all.', null);
  if (ids.length > 0 && Object.values(filter).some((value) => value !== undefined)) {
    throw new RequestError('--call, --sent-by and --error-code go with --all; ids name what is meant.', null);
  }
  return ids.length > 0 ? { environment, ids } : { environment, all: true, ...filter };
}

const ask = async <Answer>(transport: Transport, path: string, body: object): Promise<Answer> =>
  parseExact(await transport.request('POST', path, body)) as Answer;

/** As often as it takes. */
async function replay(ids: readonly number[], options: ChangeOptions, path: string): Promise<void> {
  const selection = selectionOf(ids, options);
  const total = { replayed: 0, returned: 0, failed: 0, verdicts: {} as Record<string, number> };
  const failures: NonNullable<Replayed['failures']>[number][] = [];
  await withTransport(
    options,
    async (transport) => {
      for (let next: string | null | undefined; next !== null; ) {
        const answer = await ask<Replayed>(transport, path, { ...selection, ...(next ? { next } : {}) });
        total.replayed += answer.replayed;
        total.returned += answer.returned ?? 0;
        total.failed += answer.failed ?? 0;
        for (const [verdict, count] of Object.entries(answer.verdicts ?? {})) {
          total.verdicts[verdict] = (total.verdicts[verdict] ?? 0) + count;
        }
        failures.push(...(answer.failures ?? []));
        next = answer.next ?? null;
      }
    },
    'change',
  );
  const left = total.failed + total.returned;
  if (options.json) printJson({ ...total, failures });
  else print(describeReplay(total, failures));
  process.exitCode = left === 0 ? exitCode.ok : exitCode.no;
}

function describeReplay(
  { replayed, returned, failed, verdicts }: { replayed: number; returned: number; failed: number; verdicts: object },
  failures: NonNullable<Replayed['failures']>,
): string {
  const told = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    `replayed: ${replayed}${told.length === 0 ? '' : ` (${told.join(', ')})`}`,
    ...(returned === 0 ? [] : [`refused again, and back in quarantine: ${returned}`]),
    ...(failed === 0 ? [] : [`rejected again: ${failed}`]),
    ...failures
      .slice(0, failuresShownMax)
      .map(({ id, error_code, message }) => `  ${id}  ${error_code}  ${shown(message)}`),
    ...(failed > failuresShownMax ? ['  …'] : []),
  ].join('\n');
}

const failuresShownMax = 20;

async function discard(ids: readonly number[], options: ChangeOptions, path: string): Promise<void> {
  const selection = selectionOf(ids, options);
  const answer = await withTransport(
    options,
    (transport) => ask<{ discarded: number }>(transport, path, selection),
    'change',
  );
  if (options.json) printJson(answer);
  else print(`discarded: ${answer.discarded}`);
}
