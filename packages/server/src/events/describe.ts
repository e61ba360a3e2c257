import { literal } from './engine.ts';
import { isViewName, type ViewName, viewColumns, viewNames } from './view-columns.ts';

/**
 * The SELECT that answers `SHOW TABLES` and `DESCRIBE` of a view in Onym's words, or null for any other statement: the engine's own
 * answers would name what lies beneath. `statement` is as the engine's formatter prints it.
 */
export function describingStatement(statement: string, openDatabase: string): string | null {
  if (/^SHOW TABLES$/.test(statement)) {
    return valuesOf(
      ['name', 'comment'],
      viewNames.map((name) => [name, viewColumns[name].comment]),
    );
  }
  const [, database = openDatabase, view = ''] =
    /^(?:DESCRIBE TABLE |SHOW COLUMNS FROM )(?:`?(\w+)`?\.)?`?(\w+)`?$/.exec(statement) ?? [];
  return database === openDatabase && isViewName(view) ? columnsOf(view) : null;
}

const columnsOf = (view: ViewName): string =>
  valuesOf(
    ['name', 'type', 'comment'],
    viewColumns[view].columns.map(({ name, type, comment }) => [name, type, comment]),
  );

function valuesOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const structure = literal(columns.map((name) => `${name} String`).join(', '));
  return `SELECT * FROM values(${structure}, ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')})`;
}
