import { OnymError } from '../errors.ts';
import { nearMisses } from '../ingest/near-miss.ts';
import { costlyRefusal } from './costly-functions.ts';
import { describingStatement } from './describe.ts';
import { engineErrorCode } from './engine/errors.ts';
import { type Engine, literal } from './engine.ts';
import { type Asked, queryError } from './query-errors.ts';
import { bindParameters, type ParameterLimits, type QueryParameters } from './query-parameters.ts';
import { isViewName, viewsSentence } from './view-columns.ts';

/**
 * Decides whether a user's SQL may run. The engine's `readonly` alone lets through: `INTO OUTFILE` (writes files), the function
 * `file` (reads them), KILL, CHECK, other databases, system tables, dictionaries. So the statement is parsed by the engine
 * itself and only what is known to be harmless passes:
 *
 * 1. `formatQuerySingleLine` refuses several statements and drops comments. What it prints, with its parameters as literals in it
 *    (query-parameters.ts), is what is checked, and what runs.
 * 2. `EXPLAIN AST SELECT * FROM (<statement>)`: inside parentheses only a SELECT parses; no OUTFILE, no FORMAT, no other verb.
 * 3. Each line of that tree must be a known kind of node; functions, table functions and tables are allow-lists.
 *
 * Layers around it: the rights of the engine (engine/chdb-rights.ts), `readonly` and limits on the reader's connection (query.ts), and a
 * current database that holds nothing but the four views.
 */
export interface SqlGuard {
  /**
   * The statement to run, in the engine's own spelling. Throws OnymError `query-refused` or `query-failed`, and what `bindParameters`
   * throws.
   */
  check(asked: Asked, parameters: QueryParameters): Promise<string>;
}

const tableFunctions = new Set(['numbers', 'generate_series', 'generateSeries', 'values']);

const nodeKinds = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'Subquery',
  'ExpressionList',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'SampleRatio',
  'WithElement',
  'Identifier',
  'Function',
  'Literal',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsRegexpMatcher',
  'ColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'QualifiedColumnsListMatcher',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'OrderByElement',
  'InterpolateElement',
  'WindowListElement',
  'WindowDefinition',
]);

/** Functions that read what isn't data: files, dictionaries, other tables, settings, the machine, other users; or only wait. */
const refusedCategories = new Set([
  'AI',
  'Dictionary',
  'Embedded Dictionary',
  'Internal',
  'Introspection',
  'Machine Learning',
]);
const refusedFunctions = new RegExp(
  `^(?:${[
    '__.*',
    'ai(?:classify|embed|extract|generate|translate).*',
    'dict.*',
    'joinget.*',
    'file.*',
    'sleep.*',
    'catboost.*',
    'evalml.*',
    'addressto.*',
    'get(?!subcolumn$|sizeofenumtype$|typeserialization).*',
    'hascolumnintable',
    'structureto.*',
    'tcpport|hostname|fqdn|fullhostname|displayname|buildid|serveruuid|uptime|revision|zookeeper.*',
    '(?:current|initial|session|authenticated|auth|enabled|default)_?(?:user|roles?|profiles?|schemas?|query_?id|query_?start_?time)',
    'user|schema|query_?id|connection_?id|transaction.*|shard(?:num|count)|partition_?id',
    'global_?variable|showcertificate|generateserialid|hasthreadfuzzer|mergetree.*|ismergetree.*',
    'logtrace|aggthrow|demangle|tid|fuzzquery|obfuscatequery.*|runningconcurrency|lemmatize|synonyms',
  ].join('|')})$`,
  'i',
);

const combinators =
  /(?:If|Array|Map|State|Merge|MergeState|ForEach|Distinct|OrDefault|OrNull|Resample|ArgMin|ArgMax|SimpleState|Null)$/;

/** Names the parser makes up itself, which no list of functions holds. */
const syntaxFunctions = ['lambda', 'exists', 'grouping', 'untuple'];

interface FunctionRow {
  name: string;
  alias_to: string;
  categories: string;
  is_aggregate: number;
  case_insensitive: number;
}

interface FunctionList {
  has(name: string): boolean;
  /** One that was meant, or null. */
  near(name: string): string | null;
}

async function loadFunctions(engine: Engine): Promise<FunctionList> {
  const rows = await engine.rows<FunctionRow>(
    `SELECT name, alias_to, categories, is_aggregate, case_insensitive FROM system.functions WHERE origin = 'System'`,
  );
  const categoryOf = new Map(rows.map((row) => [row.name, row.categories]));
  const allowed = rows.filter(
    ({ name, alias_to }) =>
      !refusedFunctions.test(name) &&
      !refusedFunctions.test(alias_to) &&
      !refusedCategories.has(categoryOf.get(name) ?? '') &&
      !refusedCategories.has(categoryOf.get(alias_to) ?? ''),
  );
  const exact = new Set([...allowed.map(({ name }) => name), ...syntaxFunctions, 'CAST', '_CAST']);
  const folded = new Set(allowed.filter((row) => row.case_insensitive).map(({ name }) => name.toLowerCase()));
  const aggregates = new Set(allowed.filter((row) => row.is_aggregate).map(({ name }) => name.toLowerCase()));
  const isCombined = (name: string): boolean => {
    const base = name.replace(combinators, '');
    return base !== name && (aggregates.has(base.toLowerCase()) || isCombined(base));
  };
  let near: ((name: string) => string | null) | null = null;
  return {
    has: (name) => exact.has(name) || folded.has(name.toLowerCase()) || isCombined(name),
    near(name) {
      near ??= nearMisses([...exact]);
      return near(name);
    },
  };
}

interface Node {
  depth: number;
  kind: string;
  /** What follows the kind, without the number of children. */
  rest: string;
}

function parseLine(line: string): Node {
  const [, indent = '', kind = '', rest = ''] = /^( *)(\S+) ?(.*?)(?: ?\(children \d+\))?$/s.exec(line) ?? [];
  return { depth: indent.length, kind, rest };
}

const membershipFunction = /^(?:global)?(?:not)?(?:null)?(?:not)?(?:null)?in(?:ignoreset)?$/i;

const refuse = (message: string): OnymError => new OnymError('query-refused', message);

function checkTable(name: string, openDatabase: string): void {
  const [database, table, ...more] = name.split('.');
  if (table === undefined && /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(database!)) return;
  if (database === openDatabase && isViewName(table ?? '') && more.length === 0) return;
  throw refuse(`The table ${name} can't be read. ${viewsSentence}`);
}

/** A name that is qualified by a database other than the open one; the engine reads `x IN a.b` as a table. */
function checkIdentifier(name: string, openDatabase: string): void {
  const first = name.split('.', 1)[0]!.replaceAll('`', '').toLowerCase();
  if (first === name.toLowerCase() || first === openDatabase) return;
  if (first === 'system' || first === 'information_schema' || first === 'default' || first.startsWith('onym_')) {
    throw refuse(`${name} can't be read. ${viewsSentence}`);
  }
}

/** The name at the head of `rest`, which may go on with an alias. A name that holds blanks is not one of ours. */
function nameOf(rest: string): string {
  const match = /^(\S+)(?: \(alias .*\))?$/.exec(rest);
  if (match === null) throw refuse(`The name ${rest} is not supported here.`);
  return match[1]!;
}

const quoted = /'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`/gs;

/** A name that holds a line break would show as two lines of the tree. */
function checkNames(statement: string): void {
  for (const [token] of statement.matchAll(quoted)) {
    if (token.startsWith('`') && token.includes('\\')) throw refuse(`The name ${token} is not supported here.`);
  }
}

function checkTree(tree: readonly string[], functions: FunctionList, openDatabase: string): void {
  const nodes = tree.map(parseLine);
  // Whatever else the engine may answer is no proof of anything.
  if (nodes[0]?.kind !== 'SelectWithUnionQuery' || !nodes.some(({ kind }) => kind === 'Subquery')) {
    throw new Error('The engine did not print the syntax tree of a query.');
  }
  const parents: Node[] = [];
  /** Depth of an argument list whose second item names a table when it is an identifier. */
  const membershipLists = new Map<number, number>();
  for (const node of nodes) {
    const { depth, kind, rest } = node;
    parents.length = depth;
    parents.push(node);
    for (const list of membershipLists.keys()) if (list >= depth) membershipLists.delete(list);
    if (!nodeKinds.has(kind)) throw refuse(refusalByKind[kind] ?? `A query is one SELECT; ${kind} is not supported.`);
    const parent = parents[depth - 1];
    const position = membershipLists.get(depth - 1);
    if (position !== undefined) membershipLists.set(depth - 1, position + 1);

    if (kind === 'TableIdentifier') checkTable(nameOf(rest), openDatabase);
    if (kind === 'Identifier') {
      const name = rest.replace(/ \(alias .*\)$/, '');
      checkIdentifier(name, openDatabase);
      if (position === 1 && name.includes('.')) checkTable(name, openDatabase);
    }
    if (kind === 'Function') {
      const name = nameOf(rest);
      if (parent?.kind === 'TableExpression') {
        if (!tableFunctions.has(name)) throw refuse(`The table function ${name} is not allowed.`);
      } else if (!functions.has(name)) {
        throw unknownFunction(name, functions);
      }
      const costly = costlyRefusal(name);
      if (costly !== null) throw refuse(costly);
    }
    if (kind === 'ExpressionList' && parent?.kind === 'Function' && membershipFunction.test(nameOf(parent.rest))) {
      membershipLists.set(depth, 0);
    }
  }
}

function unknownFunction(name: string, functions: FunctionList): OnymError {
  const near = functions.near(name);
  const meant = near === null || near === name ? '' : ` Did you mean ${near}?`;
  return refuse(`The function ${name.slice(0, 64)} does not exist or is not allowed in queries.${meant}`);
}

const refusalByKind: Record<string, string> = {
  Set: 'SETTINGS are not allowed in queries.',
  ColumnsApplyTransformer: 'APPLY is not supported. Name the columns instead.',
};

const tooLargeTree = new Set([
  167, // TOO_DEEP_AST
  168, // TOO_BIG_AST
]);

const multiStatements = /Multi-statements are not allowed/;

export function createSqlGuard(engine: Engine, limits: ParameterLimits): SqlGuard {
  let functions: Promise<FunctionList> | null = null;

  async function format(asked: Asked): Promise<string> {
    try {
      const [row] = await engine.rows<{ sql: string }>(`SELECT formatQuerySingleLine(${literal(asked.sql)}) AS sql`);
      return row!.sql;
    } catch (error) {
      if (engineErrorCode(error) === null) throw error;
      if (error instanceof Error && multiStatements.test(error.message)) throw refuse('Send one statement at a time.');
      throw queryError(error, asked);
    }
  }

  async function parse(statement: string): Promise<string[]> {
    try {
      return await engine.lines(`EXPLAIN AST SELECT * FROM (${statement}\n)`);
    } catch (error) {
      const code = engineErrorCode(error);
      if (code === null) throw error;
      if (tooLargeTree.has(code)) {
        throw new OnymError('query-too-expensive', 'The statement has too many parts. Shorten it.', { cause: error });
      }
      throw new OnymError(
        'query-refused',
        'A query is one SELECT, DESCRIBE <view> or SHOW TABLES, without FORMAT, INTO OUTFILE or SETTINGS. Choose the format in the request.',
        { cause: error },
      );
    }
  }

  return {
    async check(asked, parameters) {
      functions ??= loadFunctions(engine).catch((error) => {
        functions = null;
        throw error;
      });
      const formatted = await format(asked);
      const { open } = asked.databases;
      const statement = bindParameters(describingStatement(formatted, open) ?? formatted, parameters, limits);
      checkNames(statement);
      checkTree(await parse(statement), await functions, open);
      return statement;
    },
  };
}
