import { Compile } from 'typebox/compile';

/** A part of an OpenAPI document. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes
type Json = any;

const prefix = '#/components/schemas/';

/** What of an answer is not as the OpenAPI document describes it; a field that it does not mention counts too. */
export function describedBy(document: Json) {
  const shapes: Record<string, Json> = document.components.schemas;
  const operations = new Map<string, Json>(
    Object.values<Json>(document.paths)
      .flatMap((item) => Object.values<Json>(item))
      .map((operation) => [operation.operationId, operation]),
  );
  const checks = new Map<string, ReturnType<typeof Compile>>();

  /** Without references, and closed: nothing may be there that is not described. */
  function closed(schema: Json): Json {
    if (typeof schema !== 'object' || schema === null) return schema;
    if (schema.$ref !== undefined) return closed(shapes[schema.$ref.slice(prefix.length)]);
    if (schema.allOf !== undefined) return merged(schema.allOf.map(closed));
    const next: Json = { ...schema };
    for (const many of ['anyOf', 'oneOf']) if (next[many] !== undefined) next[many] = next[many].map(closed);
    if (next.items !== undefined) next.items = closed(next.items);
    if (typeof next.additionalProperties === 'object') next.additionalProperties = closed(next.additionalProperties);
    if (next.properties !== undefined) {
      next.properties = Object.fromEntries(Object.entries(next.properties).map(([name, each]) => [name, closed(each)]));
      next.additionalProperties ??= false;
    }
    return next;
  }

  /** All of them at once; where one is a choice, each of its forms. */
  function merged(parts: Json[]): Json {
    const choice = parts.find((part) => part.anyOf !== undefined);
    if (choice !== undefined) {
      const others = parts.filter((part) => part !== choice);
      return { anyOf: choice.anyOf.map((form: Json) => merged([...others, form])) };
    }
    return {
      type: 'object',
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required = [] }) => required),
      additionalProperties: false,
    };
  }

  function checkOf(operationId: string, status: number, type: string): ReturnType<typeof Compile> {
    const name = `${operationId} ${status} ${type}`;
    let check = checks.get(name);
    if (check === undefined) {
      const content = operations.get(operationId)?.responses[status]?.content[type];
      if (content === undefined) throw new Error(`${name} is not described`);
      check = Compile(closed(content.schema));
      checks.set(name, check);
    }
    return check;
  }

  return {
    operations: [...operations.keys()],
    problems(operationId: string, { status, type, body }: { status: number; type: string; body: string }): string[] {
      const check = checkOf(operationId, status, type);
      const values = type === 'application/x-ndjson' ? body.trim().split('\n') : [body];
      return values.flatMap((text) =>
        check.Check(JSON.parse(text))
          ? []
          : [`${text.slice(0, 300)}: ${JSON.stringify(check.Errors(JSON.parse(text)).slice(0, 6))}`],
      );
    },
  };
}
