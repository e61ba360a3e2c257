import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { isShownTo } from '../../keys/asking.ts';
import { keyToJson } from '../../keys/key-json.ts';
import { scopesByKind } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import type { RouteContext } from '../route-context.ts';
import * as schemas from './keys-schemas.ts';

/** How many of all keys came before: none ever goes, and new ones are last. */
const cursor = cursorOf('keys', Type.Integer({ minimum: 0 }));

/** Keys that make and end keys, within what they may themselves. */
export async function keyRoutes(app: FastifyInstance, { services, keys }: RouteContext): Promise<void> {
  app.get<schemas.ListKeysRoute>('/keys', needs('keys', schemas.listKeys), async (request) => {
    const { limit = limits.pageSizeDefault, next } = request.query;
    const from = next === undefined ? 0 : cursor.decode(next);
    const all = (await keys.list()).map((key, place) => ({ key, place }));
    const shown = all.slice(from).filter(({ key }) => isShownTo(request.key!, key, services.environments()));
    const page = shown.slice(0, limit);
    return {
      keys: page.map(({ key }) => keyToJson(key)),
      next: shown.length > limit ? cursor.encode(page.at(-1)!.place + 1) : null,
    };
  });

  app.post<schemas.CreateKeyRoute>('/keys', needs('keys', schemas.createKey), async (request, reply) => {
    const { key: asker, body } = request;
    const { name, kind, origins } = body;
    const made = await keys.create(
      {
        name,
        kind,
        scopes: body.scopes ?? scopesByKind[kind].filter((scope) => asker!.scopes.includes(scope)),
        environments: body.environments ?? asker!.environments,
        ...(origins !== undefined && { origins }),
      },
      { key: asker! },
    );
    reply.header('cache-control', 'no-store');
    return { ok: true, key: keyToJson(made.key), secret: made.secret };
  });

  app.post<schemas.RestrictKeyRoute>('/keys/restrict', needs('keys', schemas.restrictKey), async (request) => {
    const { name, self, ...change } = request.body;
    if (Object.keys(change).length === 0) {
      throw new OnymError('invalid-payload', 'Nothing to change: give scopes, environments or origins.');
    }
    return { ok: true, key: keyToJson(await keys.restrict(name, change, { key: request.key!, self })) };
  });

  app.post<schemas.RevokeKeyRoute>('/keys/revoke', needs('keys', schemas.revokeKey), async (request) => {
    const { name, self } = request.body;
    return { ok: true, key: keyToJson(await keys.revoke(name, { key: request.key!, self })) };
  });
}
