import { type Command, InvalidArgumentError, Option } from 'commander';
import { type LintRule, lintRules } from '../lint/rules.ts';
import { exitCode, type ReadOptions, readOptions } from './options.ts';
import { bold, print, printJson, shown, table } from './print.ts';
import { withTransport } from './transport.ts';

interface LintOptions extends ReadOptions {
  readonly rule?: readonly LintRule[];
  readonly failOn?: readonly LintRule[];
  readonly since?: string;
}

interface WireFinding {
  readonly rule: LintRule;
  readonly count: number;
  readonly first_time: string;
  readonly last_time: string;
  readonly key: string | null;
  readonly lib: string | null;
  readonly problem: string;
  readonly instead: string;
  readonly examples: readonly Record<string, string | number>[];
}

interface Report {
  readonly findings: readonly WireFinding[];
  readonly unexamined: number;
}

export function lintCommand(program: Command): void {
  readOptions(program.command('lint'))
    .description('say which recommended rules the calls break, from where, and what to call instead')
    .addOption(rulesOption('--rule <names>', 'look at these rules only, comma-separated'))
    .addOption(rulesOption('--fail-on <names>', 'exit with 1 for these rules only; the others are shown all the same'))
    .addOption(
      new Option(
        '--since <time>',
        'only what still happened since: ISO 8601, or a span such as 30m, 24h or 7d',
      ).argParser(momentOf),
    )
    .addHelpText(
      'after',
      `\nRules: ${lintRules.join(', ')}.\nExits with 0 when there is no finding, with 1 when there are some, with 2 when the server could not be asked.`,
    )
    .action(async (options: LintOptions) => {
      const query = new URLSearchParams({ environment: options.environment });
      if (options.since !== undefined) query.set('since', options.since);
      const answer = await withTransport(options, (transport) => transport.request('GET', `/v1/lint?${query}`));
      const { findings: all, unexamined } = JSON.parse(answer) as Report;
      const findings = all.filter(({ rule }) => options.rule?.includes(rule) ?? true);
      if (options.json) printJson({ findings, unexamined });
      else print(describe(options.environment, { findings, unexamined }));
      const fails = findings.some(({ rule }) => options.failOn?.includes(rule) ?? true);
      process.exitCode = fails ? exitCode.no : exitCode.ok;
    });
}

function rulesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.find((name) => !(lintRules as readonly string[]).includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`There is no rule ${unknown}. The rules are ${lintRules.join(', ')}.`);
    }
    return names as LintRule[];
  });
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span is counted back from now; anything else is left for the server to read. */
function momentOf(text: string): string {
  const span = /^(\d{1,6})([mhd])$/.exec(text);
  return span === null ? text : new Date(Date.now() - Number(span[1]) * unitMs[span[2]!]!).toISOString();
}

function describe(environment: string, { findings, unexamined }: Report): string {
  const gap = unexamined === 0 ? '' : `\n${unexamined} calls came too fast to be looked at.`;
  if (findings.length === 0) return `${environment}: no finding.${gap}`;
  const summary = table(
    ['rule', 'count', 'first', 'last', 'key', 'lib'],
    findings.map(({ rule, count, first_time, last_time, key, lib }) => [
      rule,
      String(count),
      shortTime(first_time),
      shortTime(last_time),
      key ?? '',
      lib ?? '',
    ]),
  );
  return [summary, ...findings.map(detail)].join('\n\n') + gap;
}

function detail({ rule, key, lib, problem, instead, examples }: WireFinding): string {
  const from = [key, lib].filter((part) => part !== null).join(', ');
  const lines = [
    `${bold(rule)}${from === '' ? '' : `, from ${shown(from)}`}`,
    `  ${shown(problem)}`,
    `  Instead: ${shown(instead)}`,
  ];
  for (const { call, time, ...rest } of examples) {
    const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    lines.push(`  ${shortTime(String(time))}  ${call}  ${shown(fields.join(' '))}`);
  }
  return lines.join('\n');
}

const shortTime = (time: string): string => time.slice(0, 19).replace('T', ' ');
