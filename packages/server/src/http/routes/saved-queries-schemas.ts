import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import type { Chart } from '../../saved-queries/types.ts';
import { environment, errorResponses, jsonResponse, limit, next, time } from '../schemas.ts';

/** Saved queries over HTTP (docs/http.md, "Saved queries"). */

const tags = ['query'];

const kind = Type.Unsafe<Chart['kind']>({
  type: 'string',
  enum: ['table', 'line', 'bar'],
  description: 'How the result is drawn.',
});
const columnName = Type.String({ minLength: 1, maxLength: limits.savedQueryColumnLengthMax });
const columns = (description: string) => Type.Array(columnName, { maxItems: limits.savedQueryColumnsMax, description });
const version = Type.Integer({ minimum: 1, description: 'One more with each change.' });

export const savedQuery = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String({ description: 'Another for each saved query of the environment.' }),
    sql: Type.String({ description: 'The statement. It is not checked before it is run.' }),
    chart: Type.Union(
      [
        Type.Object({
          kind,
          x: Type.Union([Type.String(), Type.Null()], { description: 'Column along the axis; null for a table.' }),
          y: Type.Array(Type.String(), { description: 'Columns that are drawn; none for a table.' }),
        }),
        Type.Null(),
      ],
      { description: 'Null where none was chosen.' },
    ),
    version,
    saved_by: Type.String({ description: 'Name of the key that saved this version.' }),
    saved_at: time('When it did.'),
  },
  { $id: 'SavedQuery', description: 'A query that people come back to.' },
);

const listQuery = Type.Object({
  environment,
  limit,
  next: Type.Optional(Type.String({ description: '`next` of the page before.' })),
});
export interface ListSavedQueriesRoute {
  Querystring: Static<typeof listQuery>;
}

export const listSavedQueries = {
  summary: 'Saved queries',
  description: 'Of one environment, for all who may query it, by name.',
  operationId: 'listSavedQueries',
  tags,
  querystring: listQuery,
  response: {
    200: jsonResponse(
      'A page.',
      Type.Object({ queries: Type.Array(Type.Ref('SavedQuery#')), next: next('the queries') }),
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};

const draft = {
  environment,
  name: Type.String({ description: `One line of 1 to ${limits.savedQueryNameBytesMax} bytes.` }),
  sql: Type.String({ description: `At most ${limits.sqlBytesMax} bytes.` }),
  chart: Type.Optional(
    Type.Union(
      [
        Type.Object(
          {
            kind,
            x: Type.Optional(Type.Union([columnName, Type.Null()], { description: 'Needed for a line or bars.' })),
            y: Type.Optional(columns('At least one for a line or bars.')),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: 'How to show the result.' },
    ),
  ),
};
const saveBody = Type.Object(draft, { additionalProperties: false });
export type SavedDraft = Static<typeof saveBody>;
export interface SaveQueryRoute {
  Body: SavedDraft;
}

const saved = jsonResponse('As it is saved.', Type.Object({ ok: Type.Literal(true), query: Type.Ref('SavedQuery#') }));

export const saveQuery = {
  summary: 'Save a query',
  operationId: 'saveQuery',
  tags,
  body: saveBody,
  response: { 200: saved, ...errorResponses(400, 401, 403, 409, 413, 415, 422) },
};

const params = Type.Object({ id: Type.String({ description: '`id` of the saved query.' }) });

const changeBody = Type.Object(
  {
    ...draft,
    version: Type.Integer({ minimum: 1, description: 'The version that is changed: the one that was read.' }),
  },
  { additionalProperties: false },
);
export interface ChangeQueryRoute {
  Params: Static<typeof params>;
  Body: Static<typeof changeBody>;
}

export const changeQuery = {
  summary: 'Change a saved query',
  description:
    'All of it, in place of the version that was read; where somebody else has changed that meanwhile, `version-conflict`. Sending what is there already is none.',
  operationId: 'changeQuery',
  tags,
  params,
  body: changeBody,
  response: { 200: saved, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 422) },
};

const deleteQuery = Type.Object({
  environment,
  version: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Delete it only if it still has this version; without it, in any case.' }),
  ),
});
export interface DeleteQueryRoute {
  Params: Static<typeof params>;
  Querystring: Static<typeof deleteQuery>;
}

export const deleteSavedQuery = {
  summary: 'Delete a saved query',
  operationId: 'deleteSavedQuery',
  tags,
  params,
  querystring: deleteQuery,
  response: {
    200: jsonResponse('It is gone.', Type.Object({ ok: Type.Literal(true) })),
    ...errorResponses(400, 401, 403, 404, 409, 422),
  },
};
