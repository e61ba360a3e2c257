import { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import { parseExact } from '../exact-json/parse.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { print, printJson, shown } from './print.ts';
import { RequestError, type Transport, withTransport } from './transport.ts';

interface SteeringOptions extends ReadOptions {
  readonly dryRun?: boolean;
}

interface Radius {
  readonly identities: { readonly before: number; readonly after: number };
  readonly identifiers: { readonly moved: number };
  readonly events: number;
  readonly traits: { readonly changed: number };
}

export interface SteeringAnswer {
  readonly verdict: string;
  readonly reason?: string;
  readonly canonical_id?: string;
  readonly seq?: number | null;
  readonly seqs?: readonly number[];
  readonly revoked?: number | readonly number[];
  readonly separations?: number | readonly unknown[];
  readonly still_connected?: boolean;
  readonly blast_radius?: Radius;
}

/** revert, split, separate, lift: what takes back and keeps apart. */
export function steeringCommands(program: Command): void {
  changing(program.command('revert'))
    .description('take back all that a batch recorded, or all that a key sent in a span of time')
    .option('--batch <name>', 'the batch')
    .option('--by <key name>', 'the key, with --from and --to')
    .option('--from <time>', 'first moment (ISO 8601, received time)')
    .option('--to <time>', 'last moment')
    .option('--separate', 'keep what was linked apart from now on')
    .action(
      (options: SteeringOptions & { batch?: string; by?: string; from?: string; to?: string; separate?: boolean }) => {
        const { batch, by: key, from, to, separate = false } = options;
        const isSpan = key !== undefined && from !== undefined && to !== undefined;
        const isPart = key !== undefined || from !== undefined || to !== undefined;
        if (batch === undefined ? !isSpan : isPart)
          throw new RequestError('Give either --batch, or --by with --from and --to.', null);
        return steer(options, 'POST', '/v1/revert', { batch, key, from, to, separate });
      },
    );
  changing(
    program
      .command('split')
      .argument('[id]', 'an identifier, or the number of a link')
      .argument('[from]', 'another one')
      .option('--out <ids...>', 'take these identifiers out of their identity, as they hang together'),
  )
    .description('disconnect two identifiers, revoke one link, or take a set out; leaves separations')
    .action((id: string | undefined, from: string | undefined, options: SteeringOptions & { out?: string[] }) =>
      steer(options, 'POST', '/v1/split', splitOf(id, from, options.out)),
    );
  for (const [name, method, description] of [
    ['separate', 'POST', 'never make these two identifiers one person'],
    ['lift', 'DELETE', 'lift the separation of two identifiers'],
  ] as const) {
    changing(program.command(name).argument('<a>', 'an identifier').argument('<b>', 'another one'))
      .description(description)
      .action((a: string, b: string, options: SteeringOptions) => steer(options, method, '/v1/separations', { a, b }));
  }
}

export const changing = (command: Command): Command =>
  readOptions(command).option('--dry-run', 'say what it would do; write nothing');

const linkForm = /^[1-9]\d{0,14}$/;

function splitOf(id: string | undefined, from: string | undefined, out: string[] | undefined): Record<string, unknown> {
  if (out !== undefined && id === undefined) return { distinct_ids: out };
  if (out === undefined && id !== undefined)
    return from === undefined ? { link: linkOf(id) } : { distinct_id: id, from };
  throw new RequestError('Give either a link, or two identifiers, or --out with the identifiers to take out.', null);
}

export function linkNumber(text: string): number {
  if (linkForm.test(text)) return Number(text);
  throw new InvalidArgumentError(`${JSON.stringify(text)} is not the number of a link.`);
}

function linkOf(text: string): number {
  if (linkForm.test(text)) return Number(text);
  const what = `${JSON.stringify(text)} is not the number of a link`;
  throw new RequestError(`${what}. Give one, or the two identifiers to disconnect.`, null);
}

/** Asks, and says what came of it. */
export async function steer(
  options: SteeringOptions,
  method: 'POST' | 'DELETE',
  path: string,
  body: Record<string, unknown>,
): Promise<void> {
  const { environment } = options;
  const query = options.dryRun ? '?dry_run=true' : '';
  const text = await withTransport(
    options,
    (transport) => long(transport, method, `${path}${query}`, { environment, ...body }),
    options.dryRun ? 'read' : 'change',
  );
  const answer = parseExact(text) as SteeringAnswer;
  if (options.json) printJson(answer);
  else print(describe(answer, options.dryRun ?? false));
}

/** Taking back a large batch takes its time. */
async function long(transport: Transport, method: 'POST' | 'DELETE', path: string, body: object): Promise<string> {
  const text = Buffer.from(JSON.stringify(body));
  const json = { type: 'application/json', bytes: Readable.from([text], { objectMode: false }), length: text.length };
  const chunks: Uint8Array[] = [];
  for await (const chunk of await transport.stream(method, path, json)) chunks.push(chunk);
  if (chunks.length === 0)
    throw new RequestError('The server went away before it answered. Run the command again.', null);
  return Buffer.concat(chunks).toString('utf8');
}

const count = (value: number | readonly unknown[]): number => (typeof value === 'number' ? value : value.length);

function describe(answer: SteeringAnswer, isDryRun: boolean): string {
  const lines = [
    `${isDryRun ? 'Dry run, nothing was written: ' : ''}${answer.verdict}${answer.reason ? ` (${answer.reason})` : ''}`,
  ];
  if (answer.revoked !== undefined) lines.push(`rows taken back: ${count(answer.revoked)}`);
  if (answer.separations !== undefined) lines.push(`pairs newly separated: ${count(answer.separations)}`);
  if (answer.canonical_id !== undefined) lines.push(`canonical id: ${shown(answer.canonical_id)}`);
  if (answer.seq !== undefined && answer.seq !== null) lines.push(`ledger row: ${answer.seq}`);
  if (answer.still_connected) lines.push('The two are still one identity by other evidence: onym explain shows it.');
  const radius = answer.blast_radius;
  if (radius !== undefined) {
    lines.push(
      `identities: ${radius.identities.before} before, ${radius.identities.after} after`,
      `identifiers that change hands: ${radius.identifiers.moved}, with ${radius.events} ${radius.events === 1 ? 'event' : 'events'}`,
      `traits that change: ${radius.traits.changed}`,
    );
  }
  return lines.join('\n');
}
