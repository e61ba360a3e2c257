import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';

/** What Onym itself needs; above all no SOURCES (files, URLs, other servers), for chDB has one user for everybody. */
const usersXml = `<clickhouse>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password/>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
      <query>GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, DROP, TRUNCATE, OPTIMIZE, SHOW, dictGet ON *.*</query>
      <query>GRANT SYSTEM RELOAD DICTIONARY ON *.*</query>
      <query>GRANT KILL QUERY, CHECK ON *.*</query>
      <query>GRANT TABLE ENGINE ON *</query>
    </grants>
  </default></users>
</clickhouse>
`;

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * The engine reads its rights when the first connection of the process opens; later ones inherit them. No statement runs on that
 * first one: it is there so that the engine stays up however often the others are replaced.
 */
export function openWithRights(path: string): { anchor: Session; data: string } {
  const config = join(path, 'config');
  const data = join(path, 'data');
  mkdirSync(config, { recursive: true });
  mkdirSync(data, { recursive: true });
  chmodSync(path, 0o700);
  const users = join(config, 'users.xml');
  const server = join(config, 'config.xml');
  writeFileSync(users, usersXml);
  writeFileSync(server, `<clickhouse><users_config>${escapeXml(users)}</users_config></clickhouse>\n`);
  return { anchor: new Session(data, { connectionArgs: [`--config-file=${server}`] }), data };
}
