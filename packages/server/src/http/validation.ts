import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { OnymError } from '../errors.ts';
import { jsonLine } from './json-line.ts';

const wholeNumber = /^-?\d{1,15}$/;

const nameByPart: Readonly<Record<string, string>> = {
  body: 'The body',
  querystring: 'The query string',
  params: 'The path',
};

/**
 * Compiles the route schemas. Bodies are taken as they are: nothing is converted, filled in or removed. Query strings and paths
 * are text, so `limit=10` becomes a number there, and `dry_run=true` true.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart === 'querystring' || httpPart === 'params';
  return (value: unknown) => {
    const converted = isText ? withValues(schema, value) : value;
    if (validator.Check(converted)) return { value: converted };
    const error = validator.Errors(converted)[0];
    const { instancePath = '' } = error ?? {};
    const place = instancePath === '' ? '' : ` at ${instancePath}`;
    const problem = error === undefined ? 'is not valid' : problemOf(error);
    return {
      error: new OnymError(
        'invalid-payload',
        `${nameByPart[httpPart ?? ''] ?? 'The request'}${place} ${problem}. See /openapi.json for what this route takes.`,
      ),
    };
  };
};

function problemOf(error: TLocalizedValidationError): string {
  if (error.keyword === 'enum') return `must be one of ${error.params.allowedValues.join(', ')}`;
  // What additionalProperties: false comes to.
  return error.message === 'schema is false' ? 'is not a field of this route' : error.message;
}

/** Whole numbers, true and false, and nothing else: a fraction must not be cut silently, and a repeated parameter stays the array it is. */
function withValues(schema: TSchema, value: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const converted = { ...(value as Record<string, unknown>) };
  for (const [name, { type }] of Object.entries(properties)) {
    const text = converted[name];
    if (typeof text !== 'string') continue;
    if (type === 'integer' && wholeNumber.test(text)) converted[name] = Number(text);
    if (type === 'boolean' && (text === 'true' || text === 'false')) converted[name] = text === 'true';
  }
  return converted;
}

/** For routes that check their items one by one; their schemas are documentation. */
export const noValidation: FastifySchemaCompiler<unknown> = () => () => true;

/** Response schemas are documentation: answers are sent as they are, nothing is dropped from them silently. */
export const serializerCompiler = () => jsonLine;
