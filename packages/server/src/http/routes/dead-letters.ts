import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { KeptLetter, LetterFilter } from '../../ingest/dead-letter-table.ts';
import { localKeyName } from '../../keys/checks.ts';
import { limits } from '../../limits.ts';
import * as schemas from '../aside-schemas.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { environmentFor } from '../read-request.ts';
import { replay } from '../replay.ts';
import type { RouteContext } from '../route-context.ts';
import { checkSelection } from '../selection.ts';
import { timeToWire } from '../wire.ts';

const listCursor = cursorOf('dead-letters', Type.Integer({ minimum: 1 }));
const replayCursor = cursorOf('replay', Type.Integer({ minimum: 1 }));
const failuresListedMax = 100;

/** Items that ingestion has rejected: to be looked at, taken up again once what was wrong is mended, or deleted. */
export async function deadLetterRoutes(app: FastifyInstance, { services, keys }: RouteContext): Promise<void> {
  const { deadLetters } = services;

  app.get<schemas.DeadLettersRoute>('/dead-letters', needs('read', schemas.deadLetters), async (request) => {
    const { query } = request;
    const limit = query.limit ?? limits.pageSizeDefault;
    const before = query.next === undefined ? null : listCursor.decode(query.next);
    const letters = await deadLetters.list(filterOf(request, query), { before, limit: limit + 1 });
    const page = letters.slice(0, limit);
    return {
      dead_letters: page.map(letterToWire),
      next: letters.length > limit ? listCursor.encode(page.at(-1)!.id) : null,
    };
  });

  app.post<schemas.ReplayRoute>('/dead-letters/replay', needs('steer', schemas.replayDeadLetters), async (request) => {
    const { body } = request;
    const filter = selectedBy(request, body);
    const after = body.next === undefined ? 0 : replayCursor.decode(body.next);
    const limit = limits.replayedPerRequestMax;
    return deadLetters.taking(async () => {
      const found = await deadLetters.oldest(filter, { after, limit: limit + 1 });
      const letters = found.slice(0, limit);
      const { taken, verdicts, failures } = await replay(letters, {
        services,
        key: request.key!,
        kindOf: await kindsOf(),
      });
      await deadLetters.remove(taken);
      return {
        ok: true,
        replayed: taken.length,
        verdicts,
        failed: failures.length,
        failures: failures.slice(0, failuresListedMax),
        next: found.length > limit ? replayCursor.encode(letters.at(-1)!.id) : null,
      };
    });
  });

  app.post<schemas.DiscardRoute>(
    '/dead-letters/discard',
    needs('steer', schemas.discardDeadLetters),
    async (request) => {
      const filter = selectedBy(request, request.body);
      const limit = limits.replayedPerRequestMax;
      return deadLetters.taking(async () => {
        let discarded = 0;
        for (let after = 0; ; ) {
          const letters = await deadLetters.oldest(filter, { after, limit });
          discarded += await deadLetters.remove(letters.map(({ id }) => id));
          if (letters.length < limit) return { ok: true, discarded };
          after = letters.at(-1)!.id;
        }
      });
    },
  );

  interface Filter {
    readonly environment?: string;
    readonly ids?: readonly number[];
    readonly all?: true;
    readonly call?: string;
    readonly key?: string;
    readonly error_code?: string;
    readonly next?: string;
  }

  function selectedBy(request: FastifyRequest, given: Filter): LetterFilter {
    const { call, key, error_code, next } = given;
    checkSelection(given, { call, key, error_code, next });
    return filterOf(request, given);
  }

  /** What names no environment that exists could be anybody's. */
  function filterOf(request: FastifyRequest, { environment: named, ids, call, key, error_code }: Filter): LetterFilter {
    const environment = environmentFor(request, services, named);
    const orNone = services.environments().every((name) => request.key!.environments.includes(name));
    return { environment, orNone, ids, call, key, errorCode: error_code };
  }

  /** Names are never given again, so that a revoked key's is still its own. */
  async function kindsOf() {
    const kinds = new Map((await keys.list()).map(({ name, kind }) => [name, kind]));
    return (name: string) => (name === localKeyName ? 'secret' : (kinds.get(name) ?? 'publishable'));
  }
}

function letterToWire(letter: KeptLetter) {
  return {
    id: letter.id,
    call: letter.call,
    environment: letter.environment,
    key: letter.key,
    received_at: timeToWire(letter.receivedAt),
    error_code: letter.errorCode,
    message: letter.message,
    item: letter.item,
  };
}
