/** The rules of `promtool check metrics`, as far as they bear on names, help, types and samples of the text format. */

interface Family {
  help: string | null;
  type: string | null;
  readonly samples: { readonly name: string; readonly labels: string }[];
}

/** By the name of the metric. Throws for what is not the text format. */
export function familiesOf(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const of = (name: string): Family => {
    let family = families.get(name);
    if (family === undefined) {
      family = { help: null, type: null, samples: [] };
      families.set(name, family);
    }
    return family;
  };
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (?:[-+]?[\d.]+(?:e[-+]?\d+)?|NaN|[-+]Inf)$/i.exec(line);
    if (comment !== null) {
      const family = of(comment[2]!);
      const what = comment[1] === 'HELP' ? 'help' : 'type';
      if (family[what] !== null || family.samples.length > 0)
        throw new Error(`a second ${comment[1]}, or a late one: ${line}`);
      family[what] = comment[3]!;
    } else if (sample !== null) {
      const [, name = '', labels = ''] = sample;
      const base = name.replace(/_(bucket|sum|count)$/, '');
      const isPart = ['histogram', 'summary'].includes(families.get(base)?.type ?? '');
      of(isPart ? base : name).samples.push({ name, labels });
    } else if (line !== '') {
      throw new Error(`not the text format: ${line}`);
    }
  }
  return families;
}

const abbreviated = ['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'pb', 'm', 'h', 'd'];
const otherUnits =
  /^(?:(?:milli|micro|nano|kilo|mega|giga|kibi|mebi|gibi)(?:seconds?|bytes?)|minutes|hours|days|weeks|bits)$/;

/** What promtool would say, each with the metric it is about. */
export function problemsOf(text: string): string[] {
  const problems: string[] = [];
  for (const [name, { help, type, samples }] of familiesOf(text)) {
    const say = (problem: string) => problems.push(`${name} ${problem}`);
    if (help === null) say('no help text');
    if (type === null) say('no type');
    if (type === 'counter' && !name.endsWith('_total')) say('counter metrics should have "_total" suffix');
    if (type !== 'counter' && name.endsWith('_total')) say('non-counter metrics should not have "_total" suffix');
    if (type !== 'histogram' && type !== 'summary' && /_(bucket|sum|count)$/.test(name)) say('reserved suffix');
    if (name.includes(':')) say('metric names should not contain ":"');
    const parts = name.split('_');
    if (parts.includes(type ?? '')) say('metric name should not include type');
    if (parts.some((part) => abbreviated.includes(part))) say('metric names should not contain abbreviated units');
    if (parts.some((part) => otherUnits.test(part))) say('use base units');
    if (/[a-z][A-Z]/.test(name)) say('metric names should be written in snake_case');
    const seen = new Set<string>();
    for (const sample of samples) {
      const identity = `${sample.name}{${sample.labels.split(',').sort().join(',')}}`;
      if (seen.has(identity)) say('metric not unique');
      seen.add(identity);
      const labels = [...sample.labels.matchAll(/([a-zA-Z_]\w*)="/g)].map((match) => match[1]!);
      if (labels.some((label) => /[a-z][A-Z]/.test(label))) say('label names should be written in snake_case');
      if (type !== 'histogram' && labels.includes('le')) say('label le is reserved');
      if (type !== 'summary' && labels.includes('quantile')) say('label quantile is reserved');
    }
  }
  return [...new Set(problems)];
}
