import { randomUUID } from 'node:crypto';
import type { Answer, Client, Json } from './client.ts';

export interface Pair {
  readonly primary: string;
  readonly secondary: string;
}

/** What was sent, and of it what the server answered ok to. */
export interface Sent {
  /** Events named by the client, by uuid. */
  readonly named: Map<string, { readonly distinctId: string; readonly acknowledged: boolean }>;
  /** Events that the server names, by their session_id. */
  readonly unnamed: Map<string, { readonly acknowledged: boolean }>;
  /** Pairs of aliases, identifies and link evidence, each of identifiers that occur in no other: to the seq answered, or null. */
  readonly pairs: Map<string, Pair & { seq: number | null }>;
  /** distinct_id to the number set on it by an identify that was acknowledged. */
  readonly traits: Map<string, number>;
}

export function newSent(): Sent {
  return { named: new Map(), unnamed: new Map(), pairs: new Map(), traits: new Map() };
}

export interface Load {
  /** Requests answered ok so far. */
  acknowledged(): number;
  /** Requests that were answered, but not ok. */
  readonly failures: Answer[];
  /** No call begins after this; resolves when those under way have ended, one way or the other. */
  stop(): Promise<void>;
}

const serialOf = (() => {
  let next = 0;
  return () => next++;
})();

/**
 * Several callers at once, each sending its kind of call again and again until stopped. A request that ends without an answer leaves
 * its items unacknowledged: they may or may not be there.
 */
export function startLoad(api: Client, web: Client, record: Sent): Load {
  let acknowledged = 0;
  let stopped = false;
  const failures: Answer[] = [];

  async function send(client: Client, path: string, body: Json, onOk: (answers: Json[]) => void): Promise<void> {
    let answer: Answer;
    try {
      answer = await client.post(path, body);
    } catch {
      return;
    }
    if (answer.status !== 200) {
      failures.push(answer);
      return;
    }
    acknowledged++;
    onOk(answer.body.results ?? [answer.body]);
  }

  function pair(kind: string): Pair {
    const n = serialOf();
    const item = { primary: `user_${kind}_${n}`, secondary: `${kind}:${n}` };
    record.pairs.set(item.primary, { ...item, seq: null });
    return item;
  }

  const acknowledge = (items: readonly Pair[], answers: readonly Json[], seqOf: (answer: Json) => number) => {
    for (const [i, item] of items.entries()) record.pairs.set(item.primary, { ...item, seq: seqOf(answers[i]) });
  };

  function event(distinctId?: string) {
    const n = serialOf();
    const item = {
      event: 'load',
      uuid: randomUUID(),
      distinct_id: distinctId ?? `visitor_${n % 200}`,
      properties: { n, text: 'x'.repeat((n * 31) % 900) },
    };
    record.named.set(item.uuid, { distinctId: item.distinct_id, acknowledged: false });
    return item;
  }

  const acknowledgeEvent = ({ uuid, distinct_id: distinctId }: { uuid: string; distinct_id: string }) =>
    record.named.set(uuid, { distinctId, acknowledged: true });

  const callers: (() => Promise<void>)[] = [
    async () => {
      const item = event();
      await send(web, '/track', item, () => acknowledgeEvent(item));
    },
    async () => {
      const items = Array.from({ length: 1 + (serialOf() % 80) }, () => event());
      await send(api, '/track', items, () => {
        for (const item of items) acknowledgeEvent(item);
      });
    },
    async () => {
      const session = `session_${serialOf()}`;
      record.unnamed.set(session, { acknowledged: false });
      const item = { event: 'load', distinct_id: 'visitor_unnamed', session_id: session };
      await send(web, '/track', item, () => record.unnamed.set(session, { acknowledged: true }));
    },
    async () => {
      const item = pair('crm');
      const body = { distinct_id: item.primary, alias_id: item.secondary };
      await send(api, '/alias', body, (answers) => acknowledge([item], answers, ({ seq }) => seq));
    },
    async () => {
      const items = Array.from({ length: 1 + (serialOf() % 40) }, () => pair('stripe'));
      const body = items.map(({ primary, secondary }) => ({ distinct_id: primary, alias_id: secondary }));
      await send(api, '/alias', body, (answers) => acknowledge(items, answers, ({ seq }) => seq));
    },
    async () => {
      const item = pair('anon');
      const n = serialOf();
      const body = { distinct_id: item.primary, anonymous_id: item.secondary, traits: { n } };
      await send(web, '/identify', body, (answers) => {
        acknowledge([item], answers, ({ seq }) => seq);
        record.traits.set(item.primary, n);
      });
    },
    async () => {
      const item = pair('device');
      const named = event(item.primary);
      const body = { ...named, anonymous_id: item.secondary };
      await send(api, '/track', body, (answers) => {
        acknowledge([item], answers, ({ link }) => link.seq);
        acknowledgeEvent(named);
      });
    },
    async () => {
      const sql = 'SELECT uniqExact(identity_id), count() FROM events';
      await send(api, '/v1/query', { sql }, () => {});
    },
  ];

  const loops = callers.map(async (call) => {
    while (!stopped) {
      const before = Date.now();
      await call();
      // A dead server refuses at once: do not spin.
      if (Date.now() === before) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  return {
    acknowledged: () => acknowledged,
    failures,
    async stop() {
      stopped = true;
      await Promise.all(loops);
    },
  };
}

/** Sends again what got no answer, uuid and all. */
export async function sendAgain(api: Client, record: Sent): Promise<void> {
  const arraysOf = function* <T>(items: readonly T[]) {
    for (let from = 0; from < items.length; from += 1_000) yield items.slice(from, from + 1_000);
  };
  const events = [...record.named].filter(([, { acknowledged }]) => !acknowledged);
  for (const items of arraysOf(events)) {
    const body = items.map(([uuid, { distinctId }]) => ({ event: 'load', uuid, distinct_id: distinctId }));
    await api.posted('/track', body);
    for (const [uuid, { distinctId }] of items) record.named.set(uuid, { distinctId, acknowledged: true });
  }
  const pairs = [...record.pairs.values()].filter(({ seq }) => seq === null);
  for (const items of arraysOf(pairs)) {
    const body = items.map(({ primary, secondary }) => ({ distinct_id: primary, alias_id: secondary }));
    const { results } = await api.posted('/alias', body);
    for (const [i, item] of items.entries()) record.pairs.set(item.primary, { ...item, seq: results[i].seq });
  }
}

/** Everything acknowledged that a server does not have, or has more than once; and what else it must not have. Empty when all is well. */
export async function missing(api: Client, record: Sent): Promise<string[]> {
  const wrong: string[] = [];
  const counts = async (column: string, where: string) => {
    const found = new Map<string, number>();
    const pageRows = 20_000;
    for (let after = '', rows = pageRows; rows === pageRows; ) {
      const page = await api.rows(
        `SELECT toString(${column}) AS id, count() AS n FROM events WHERE ${where} AND toString(${column}) > '${after}'
         GROUP BY id ORDER BY id LIMIT ${pageRows}`,
      );
      for (const { id, n } of page) found.set(id, Number(n));
      rows = page.length;
      after = page.at(-1)?.id ?? '';
    }
    return found;
  };
  for (const [kind, sent, stored] of [
    ['uuid', record.named, await counts('uuid', 'session_id IS NULL')],
    ['session', record.unnamed, await counts('session_id', 'session_id IS NOT NULL')],
  ] as const) {
    for (const [id, { acknowledged }] of sent) {
      const n = stored.get(id) ?? 0;
      if (n > 1 || (acknowledged && n === 0)) wrong.push(`event of ${kind} ${id}: ${n} times`);
    }
    for (const id of stored.keys()) if (!sent.has(id)) wrong.push(`event of ${kind} ${id}: nobody sent it`);
  }

  const ledger = await api.ledger();
  for (const [index, { seq }] of ledger.entries()) {
    if (seq !== index + 1) wrong.push(`ledger: ${seq} where ${index + 1} should be`);
  }
  const pairs = [...record.pairs.values()];
  const canonicals = await api.canonicals(pairs.flatMap(({ primary, secondary }) => [primary, secondary]));
  for (const { primary, secondary, seq } of pairs) {
    if (seq === null) continue;
    const link = ledger[seq - 1]?.link;
    if (link?.primary_id !== primary || link.secondary_id !== secondary || link.verdict !== 'applied')
      wrong.push(`ledger row ${seq} is not the link of ${primary} and ${secondary}`);
    if (canonicals.get(primary) !== primary || canonicals.get(secondary) !== primary)
      wrong.push(`${secondary} is not ${primary}`);
  }
  const bySecondary = new Map<string, string>();
  for (const { distinct_id, canonical_id } of await api.rows(
    'SELECT distinct_id, canonical_id FROM identifiers AS i INNER JOIN identities AS p ON p.identity_id = i.identity_id',
  )) {
    bySecondary.set(distinct_id, canonical_id);
  }
  for (const { primary, secondary, seq } of pairs) {
    if (seq !== null && bySecondary.get(secondary) !== primary) wrong.push(`queries: ${secondary} is not ${primary}`);
  }
  const set = new Set(ledger.flatMap(({ subject, traits }) => (traits?.length ? [subject] : [])));
  for (const id of record.traits.keys()) if (!set.has(id)) wrong.push(`traits of ${id} are lost`);
  return wrong;
}
