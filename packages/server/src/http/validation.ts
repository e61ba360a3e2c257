import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Convert } from 'typebox/value';
import { OnymError } from '../errors.ts';

const nameByPart: Readonly<Record<string, string>> = {
  body: 'The body',
  querystring: 'The query string',
  params: 'The path',
};

/**
 * Compiles the route schemas. Bodies are taken as they are: nothing is converted, filled in or removed. Query strings and paths
 * are text, so `limit=10` becomes a number there.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart === 'querystring' || httpPart === 'params';
  return (value: unknown) => {
    const converted = isText ? Convert(schema, value) : value;
    if (validator.Check(converted)) return { value: converted };
    const { instancePath = '', message = 'is not valid' } = validator.Errors(converted)[0] ?? {};
    const place = instancePath === '' ? '' : ` at ${instancePath}`;
    return {
      error: new OnymError(
        'invalid-payload',
        `${nameByPart[httpPart ?? ''] ?? 'The request'}${place} ${message}. See /openapi.json for what this route takes.`,
      ),
    };
  };
};

/** For routes that check their items one by one; their schemas are documentation. */
export const noValidation: FastifySchemaCompiler<unknown> = () => () => true;

/** Response schemas are documentation: answers are sent as they are, nothing is dropped from them silently. */
export const serializerCompiler = () => (data: unknown) => JSON.stringify(data);
