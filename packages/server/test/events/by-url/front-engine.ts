import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { allGrants, type FrontOptions } from './front-options.ts';

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const userXml = (name: string, password: string, grants: readonly string[]): string =>
  `<${name}><password>${escapeXml(password)}</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
   <grants>${grants.map((grant) => `<query>${escapeXml(grant)}</query>`).join('')}</grants></${name}>`;

/** Opens chDB with the configuration of a server. The anchor keeps it up; nothing runs on that one. */
export function openFrontEngine(options: FrontOptions): { anchor: Session; data: string } {
  const data = join(options.path, 'data');
  mkdirSync(data, { recursive: true });
  const users = join(options.path, 'users.xml');
  const config = join(options.path, 'config.xml');
  // Dictionaries and views name those who log in by HTTP.
  const named = options.users.map(({ name, password }) => userXml(name, password, allGrants));
  writeFileSync(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas>
     <users>${userXml('default', '', options.grants)}${named.join('')}</users></clickhouse>`,
  );
  const { cluster, zookeeper } = options;
  writeFileSync(
    config,
    `<clickhouse><users_config>${escapeXml(users)}</users_config>
     ${
       cluster === null
         ? ''
         : `<tcp_port>9000</tcp_port><macros><shard>1</shard><replica>a</replica></macros><remote_servers><${cluster}><shard>
            <internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard></${cluster}></remote_servers>`
     }
     ${zookeeper === null ? '' : `<zookeeper><node><host>127.0.0.1</host><port>${zookeeper}</port></node></zookeeper>`}
     </clickhouse>`,
  );
  return { anchor: new Session(data, { connectionArgs: [`--config-file=${config}`] }), data };
}
