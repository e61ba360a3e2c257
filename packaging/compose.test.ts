import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { root, run, temporary } from './commands.ts';
import { configFrom, type Document, documentsOf, read } from './deployed.ts';

/** compose.yaml, alone and as a cluster, as far as it goes without an engine: what it names is there, and fits together. */

const single = documentsOf('compose.yaml')[0];
const cluster = over(single, documentsOf('deploy/compose/cluster.yaml')[0]);
const nodes = ['onym-1', 'onym-2'] as const;

/** As Compose lays one file over another: what is in both is merged, lists are appended. */
function over(one: Document, other: Document): Document {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return other ?? one;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, over(one[name], other[name])]));
}

async function makeSecrets(file: string): Promise<Record<string, string>> {
  await run(join(root, 'deploy/compose/make-secrets.sh'), [file]);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
}

/** `${NAME:?what to do}` is what the environment says, or the end. */
function filledIn<T>(value: T, secrets: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(value).replace(/\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name: string) => {
    if (secrets[name] === undefined) throw new Error(`nothing says ${name}`);
    return secrets[name];
  });
  return JSON.parse(text) as T;
}

describe.each([
  ['compose.yaml', single],
  ['with deploy/compose/cluster.yaml', cluster],
])('%s', (_, file: Document) => {
  const services = Object.entries<Document>(file.services);

  it('names volumes, services and files that there are', () => {
    const used = new Set<string>();
    for (const [name, { volumes = [], depends_on: needed = {} }] of services) {
      for (const volume of volumes as string[]) {
        const [source = '', target = '', mode] = volume.split(':');
        expect(posix.isAbsolute(target)).toBe(true);
        if (source.startsWith('./')) {
          expect([source, existsSync(join(root, source)), mode]).toEqual([source, true, 'ro']);
        } else {
          expect([source, source in file.volumes]).toEqual([source, true]);
          expect([source, used.has(source)]).toEqual([source, false]);
          used.add(source);
        }
      }
      for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) {
        expect([name, other, other in file.services]).toEqual([name, other, true]);
        const isWaitedFor = needed[other]?.condition === 'service_healthy';
        if (isWaitedFor) expect([other, file.services[other].healthcheck?.test?.[0]]).toEqual([other, 'CMD-SHELL']);
      }
    }
    expect([...used].sort()).toEqual(Object.keys(file.volumes).sort());
  });

  it('starts again what ends, at a version that is named, and shows nobody but the machine itself the proxy', () => {
    for (const [name, service] of services) {
      expect([name, service.restart]).toEqual([name, 'unless-stopped']);
      if (!service.build) expect(service.image).toMatch(/:\d[\w.-]*$/);
    }
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port: string) => `${name} ${port}`));
    expect(published).toEqual(['proxy 127.0.0.1:7700:7700']);
  });

  it('has the same settings on both nodes, which Onym takes, and a volume for the journal of each', async () => {
    const secrets = await makeSecrets(join(temporary(), 'secrets'));
    const [one, other] = nodes.map((name) => file.services[name]);
    expect(other.environment).toEqual(one.environment);
    const config = configFrom(filledIn(one.environment, secrets));
    expect(config.postgres!.url).toBe(`postgres://onym:${secrets.POSTGRES_PASSWORD}@postgres:5432/onym`);
    expect(config.clickhouse).toMatchObject({
      password: secrets.CLICKHOUSE_PASSWORD,
      reader: { password: secrets.CLICKHOUSE_READER_PASSWORD },
      cluster: file === cluster ? 'onym' : null,
    });
    for (const { hostname } of [new URL(config.postgres!.url), new URL(config.clickhouse!.url)]) {
      expect(file.services).toHaveProperty(hostname);
    }
    const instructions = DockerfileParser.parse(read('Dockerfile')).getInstructions();
    const kept = instructions.find((each) => each.getKeyword() === 'VOLUME')!.getArgumentsContent();
    for (const name of nodes) {
      const { volumes, read_only: isReadOnly, tmpfs, stop_grace_period: grace } = file.services[name];
      expect(volumes).toEqual([`${name}:${kept}`]);
      expect([isReadOnly, tmpfs]).toEqual([true, ['/tmp']]);
      // Twice what a stop takes at most: limits.ts.
      expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(40);
    }
  });

  it('has each node behind the proxy', () => {
    const { environment } = file.services.proxy;
    expect(Object.values(environment)).toEqual([...nodes.map((name) => `${name}:7700`), '*:7700']);
    const asked = [...read('deploy/compose/haproxy.cfg').matchAll(/\$(ONYM_\w+)/g)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual(Object.keys(environment).sort());
  });
});

it('make-secrets.sh makes what compose.yaml and the cluster ask for, for one user alone, and never anew', async () => {
  const file = join(temporary(), 'secrets');
  const made = await makeSecrets(file);
  const asked = `${read('compose.yaml')}${read('deploy/compose/cluster.yaml')}`.matchAll(/\$\{(\w+)/g);
  expect(Object.keys(made).sort()).toEqual([...new Set([...asked].map(([, name]) => name!))].sort());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await makeSecrets(file)).toEqual(made);
  expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
});
