import { randomUUID } from 'node:crypto';
import { type ChdbExtension, createChdbConnection } from 'chdb/connection';
import type { FrontOptions, FrontUser } from './front-options.ts';

export interface Statement {
  readonly user: FrontUser;
  readonly sql: string;
  /** Rows of an insert. */
  readonly rows: Buffer | null;
  readonly database: string | null;
  readonly settings: Readonly<Record<string, string>>;
  /** That it says it is. */
  readonly version: string | null;
  /** Nothing is answered before the end is known. */
  readonly whole: boolean;
}

export interface Statements {
  /** Rejects with the engine's error. An answer may also fail while it is read. */
  run(statement: Statement): Promise<AsyncIterable<Uint8Array>>;
}

const reads = /^(?:\s*\/\*.*?\*\/)*\s*(?:SELECT|WITH|EXPLAIN|SHOW|DESCRIBE|CHECK)\b/i;
const formatOf = /\sFORMAT (\w+)\s*(SETTINGS [\s\S]*)?$/;
const insertOf = /^INSERT INTO (\S+) FORMAT (\w+)\s*$/;

const literalOf = (text: string): string =>
  /^-?\d+(?:\.\d+)?$/.test(text) ? text : `'${text.replaceAll("'", "\\'")}'`;

/** Statements as a server runs them: each in a session of its own, with settings that end with it. */
export function createStatements(data: string, options: FrontOptions): Statements {
  const connect = () => createChdbConnection({ path: data });

  async function prepared({ user, database, settings }: Statement): Promise<ReturnType<typeof connect>> {
    const connection = connect();
    const { readonly, ...others } = settings;
    const all = [
      ...(user.readonly === 0 ? [] : [['readonly', String(user.readonly)] as const]),
      ...Object.entries(others),
      ...(readonly === undefined ? [] : [['readonly', readonly] as const]),
    ];
    try {
      for (const [name, value] of all) await connection.chdb.queryAsync(`SET ${name} = ${literalOf(value)}`, {});
      if (database !== null) await connection.chdb.queryAsync(`USE ${database}`, {});
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async function* streamed(connection: ReturnType<typeof connect>, sql: string, format: string) {
    const tag = randomUUID();
    let ended = false;
    try {
      for await (const chunk of connection.chdb.queryStream(`${sql}\n/*${tag}*/`, { format: format as never })) {
        yield chunk.raw();
      }
      ended = true;
    } finally {
      if (!ended) await kill(tag);
      await connection.close();
    }
  }

  async function kill(tag: string): Promise<void> {
    const killer = connect();
    const like = `query LIKE '%${tag}%' AND query NOT LIKE '%KILL QUERY%'`;
    await killer.chdb.queryAsync(`KILL QUERY WHERE ${like} ASYNC`, {});
    await killer.close();
  }

  return {
    async run(statement) {
      const canned = cannedAnswer(statement, options);
      if (canned !== null) return once(Buffer.from(canned));
      const connection = await prepared(statement);
      const sql = withoutReplicas(statement.sql, options);
      const [, format, settings = ''] = formatOf.exec(sql) ?? [];
      if (!statement.whole && reads.test(sql) && (format === 'TSVRaw' || format === 'CSV')) {
        return begun(streamed(connection, `${sql.replace(formatOf, '')} ${settings}`, format));
      }
      try {
        return once(await buffered(connection.chdb, sql, statement));
      } finally {
        await connection.close();
      }
    },
  };
}

async function buffered(chdb: ChdbExtension, sql: string, { rows, settings }: Statement): Promise<Uint8Array> {
  if (rows === null) {
    const result = await chdb.queryAsync(sql, { format: 'TabSeparated' });
    return result.bytes();
  }
  const [, table, format] = insertOf.exec(sql) ?? [];
  await chdb.rawInsert({ table: table!, values: rows, format: format as 'JSONEachRow', settings });
  return Buffer.alloc(0);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Resolves once there is a first piece, or none: until then an error has its own status. */
async function begun(chunks: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const first = await chunks.next();
  return (async function* () {
    if (first.done) return;
    try {
      yield first.value;
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  })();
}

/** No replica becomes active in this build, so that a replicated table would stay read-only: a plain one is made in its place. */
function withoutReplicas(sql: string, { zookeeper }: FrontOptions): string {
  if (zookeeper !== null) return sql;
  if (/^SYSTEM SYNC REPLICA /.test(sql)) return 'SELECT 1 WHERE 0';
  return sql.replace(/\bReplicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, '$1(');
}

/** What is not the engine's to say: it has one user, one node and one version. */
function cannedAnswer({ sql, user, version }: Statement, options: FrontOptions): string | null {
  if (version !== null && sql.startsWith('SELECT version()')) {
    return `${JSON.stringify({ version, updates: 0 })}\n`;
  }
  if (options.nodes !== null && /FROM system\.clusters/.test(sql)) {
    return options.nodes
      .flatMap((hosts, index) =>
        hosts.map((host) => JSON.stringify({ shard: index + 1, replicas: hosts.length, internal: 1, host })),
      )
      .join('\n');
  }
  const [, rights, on] = /^CHECK GRANT ([\w ,]+) ON (\S+)/.exec(sql) ?? [];
  if (rights === undefined || user.role === 'own') return null;
  return rights === 'SELECT' && !on!.includes('_data.') ? '1\n' : '0\n';
}
