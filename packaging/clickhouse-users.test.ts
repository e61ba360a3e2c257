import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databasesOf } from '../packages/server/src/events/databases.ts';
import { snippetsOf } from '../test-support/markdown.ts';
import { root, temporary } from './commands.ts';
import { documentsOf, read } from './deployed.ts';

/** The files for ClickHouse in deploy/compose, as the engine itself reads them. */

const environments: string[] =
  documentsOf('compose.yaml')[0].services['onym-1'].environment.ONYM_ENVIRONMENTS.split(',');
let session: Session;
const lines = (sql: string): string[] => session.query(sql, 'TSVRaw').trim().split('\n');

beforeAll(() => {
  const directory = temporary();
  for (const folder of ['users.d', 'config.d']) mkdirSync(join(directory, folder));
  const copy = (file: string, to: string) => copyFileSync(join(root, 'deploy/compose', file), join(directory, to));
  copy('clickhouse-users.xml', 'users.d/onym.xml');
  copy('clickhouse-cluster.xml', 'config.d/onym-cluster.xml');
  // As the image has it: a user for who is on the machine, a profile and a quota.
  const user =
    '<default><password/><profile>default</profile><quota>default</quota><access_management>1</access_management></default>';
  const around = '<profiles><default/></profiles><quotas><default/></quotas>';
  writeFileSync(join(directory, 'users.xml'), `<clickhouse>${around}<users>${user}</users></clickhouse>`);
  const config = join(directory, 'config.xml');
  writeFileSync(config, `<clickhouse><users_config>${directory}/users.xml</users_config></clickhouse>`);
  const given = {
    CLICKHOUSE_PASSWORD_OF_ONYM: 'a',
    CLICKHOUSE_PASSWORD_OF_READER: 'b',
    CLICKHOUSE_CLUSTER_SECRET: 'c',
  };
  Object.assign(process.env, given, { CLICKHOUSE_SHARD: '1', CLICKHOUSE_REPLICA: 'clickhouse-2' });
  session = new Session(join(directory, 'data'), { connectionArgs: [`--config-file=${config}`] });
});
afterAll(() => session?.close());

/** `right ON what TO whom`, one by one. */
const rightsIn = (statements: readonly string[]): string[] =>
  statements
    .flatMap((statement) => {
      const [, rights = '', rest = ''] = /^GRANT (.*?) (ON .*?);?$/.exec(statement) ?? [];
      return rights.split(', ').map((right) => `${right} ${rest}`);
    })
    .sort();

it('gives both users what docs/stores.md says, in each environment, and nothing else', () => {
  const documented = snippetsOf(read('docs/stores.md'))
    .filter(({ kind }) => kind === 'sql')
    .flatMap(({ code }) => code.split('\n').filter((line) => line.startsWith('GRANT ')));
  const { open, data } = databasesOf('production');
  expect(documented.join()).toContain(`ON ${data}.* TO onym`);
  const wanted = environments.flatMap((environment) => {
    const its = databasesOf(environment);
    return documented.map((statement) =>
      statement.replace(` ${data}.*`, ` ${its.data}.*`).replace(` ${open}.*`, ` ${its.open}.*`),
    );
  });
  // Asked for by servers that have `table_engines_require_grant`, as the page says below its statements.
  wanted.push('GRANT TABLE ENGINE ON * TO onym;');
  const given = ['onym', 'onym_reader'].flatMap((user) => lines(`SHOW GRANTS FOR ${user}`));
  expect([...new Set(rightsIn(given))]).toEqual([...new Set(rightsIn(wanted))]);
});

it('asks both for a password, and lets the reader send settings but change nothing', () => {
  expect(lines(`SELECT name, auth_type[1] FROM system.users WHERE name != 'default' ORDER BY name`)).toEqual([
    'onym\tplaintext_password',
    'onym_reader\tplaintext_password',
  ]);
  expect(
    lines(`SELECT setting_name, value FROM system.settings_profile_elements WHERE profile_name = 'onym_reader'`),
  ).toEqual(['readonly\t2']);
});

it('makes a cluster of the servers that deploy/compose/cluster.yaml has', () => {
  const { services } = documentsOf('deploy/compose/cluster.yaml')[0];
  const replicas = Object.keys(services).filter((name) => name.startsWith('clickhouse'));
  const columns = 'host_name, shard_num, internal_replication';
  expect(lines(`SELECT ${columns} FROM system.clusters WHERE cluster = 'onym' ORDER BY replica_num`)).toEqual(
    replicas.map((name) => `${name}\t1\t1`),
  );
  expect(replicas.map((name) => services[name].environment.CLICKHOUSE_REPLICA)).toEqual(replicas);
  expect(lines('SELECT macro, substitution FROM system.macros ORDER BY macro')).toEqual([
    'replica\tclickhouse-2',
    'shard\t1',
  ]);
});
