import type { FastifyRequest } from 'fastify';
import { idText } from '../ingest/distinct-ids.ts';

/** A hook that turns the numbers of these fields, and of lists of ids in them, into their digits before the schema sees the body. */
export function withTextIds(...fields: readonly string[]) {
  return async ({ body }: FastifyRequest): Promise<void> => {
    if (typeof body !== 'object' || body === null) return;
    const item = body as Record<string, unknown>;
    for (const field of fields) {
      const value = item[field];
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) value[i] = idText(value[i]);
      } else if (value !== undefined) item[field] = idText(value);
    }
  };
}
