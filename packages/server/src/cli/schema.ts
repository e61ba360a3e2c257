import type { Command } from 'commander';
import type { Schema, SeenKeys } from '../events/schema.ts';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { type ReadOptions, readOptions } from './options.ts';
import { bold, print, printJson } from './print.ts';
import { fittedTable, terminalWidth } from './terminal-table.ts';
import { withTransport } from './transport.ts';

export function schemaCommand(program: Command): void {
  readOptions(program.command('schema'))
    .description('show what queries can read: views, columns, and the events, properties and traits seen')
    .addHelpText(
      'after',
      '\nProperties and traits are those of the newest events and profiles, with the SQL that reads them.',
    )
    .action(async (options: ReadOptions) => {
      const query = new URLSearchParams({ environment: options.environment });
      const answer = await withTransport(options, (transport) => transport.request('GET', `/v1/schema?${query}`));
      const schema = parseExact(answer) as Schema;
      if (options.json) printJson(schema);
      else print(textOf(schema));
    });
}

function textOf({ views, events, properties, traits }: Schema): string {
  const sections = views.map(
    ({ name, comment, columns }) =>
      `${bold(name)}: ${comment}\n${fitted(
        ['column', 'type', 'comment'],
        columns.map((column) => [column.name, column.type, column.comment]),
      )}`,
  );
  if (events.length > 0) {
    const rows = events.map(({ event, count }) => [event, String(count)]);
    sections.push(`${bold('Events')} of the newest ${properties.sampled}\n${fitted(['event', 'count'], rows)}`);
  }
  sections.push(keysText('Properties', 'events', properties), keysText('Traits', 'profiles', traits));
  return sections.filter((section) => section !== '').join('\n\n');
}

function keysText(title: string, rows: string, { sampled, keys }: SeenKeys): string {
  if (keys.length === 0) return '';
  const lines = keys.map(({ sql, types, count, example }) => [
    sql,
    types.join(', '),
    String(count),
    typeof example === 'string' ? example : stringifyExact(example),
  ]);
  return `${bold(title)} of the newest ${sampled} ${rows}\n${fitted(['SQL', 'types', 'count', 'example'], lines)}`;
}

const fitted = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  fittedTable(header, rows, terminalWidth());
