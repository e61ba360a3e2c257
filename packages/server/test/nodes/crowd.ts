import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json } from '../system/client.ts';
import type { Server } from '../system/processes.ts';

/** A call as it is sent until it is answered: the same each time, to whichever node. */
interface Call {
  readonly path: string;
  readonly body: Json;
}

export interface Acknowledged extends Call {
  readonly answer: Json;
  /** How often it was sent, the last time included. */
  readonly sent: number;
}

export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Answers that no fault explains. */
  readonly strange: readonly string[];
  /** No call begins after this; resolves when those under way are answered ok, whatever it takes. */
  stop(): Promise<void>;
}

const environment = 'production';
/** After an answer that did not come: whoever asked can not know, and others may still be at it. */
const patienceMs = 1_500;
const giveUpMs = 60_000;

/** Many clients at once about the same few people, each at whichever node `pick` gives. */
export function startCrowd(clients: number, pick: () => Server): Crowd {
  const acknowledged: Acknowledged[] = [];
  const strange: string[] = [];
  let stopped = false;

  async function insist(call: Call): Promise<void> {
    const giveUpAt = Date.now() + giveUpMs;
    for (let sent = 1; Date.now() < giveUpAt; sent++) {
      let answer: Answer | null = null;
      try {
        answer = await pick().api.post(call.path, call.body);
      } catch {
        await sleep(patienceMs);
        continue;
      }
      if (answer.status === 503) {
        await sleep(200);
        continue;
      }
      // A split of those who are apart, or whose separation is there already.
      if (answer.status === 404 && call.path === '/v1/split') return;
      if (answer.status !== 200)
        strange.push(`${call.path} ${JSON.stringify(call.body)} → ${answer.status} ${answer.text}`);
      else acknowledged.push({ ...call, answer: answer.body, sent });
      return;
    }
    strange.push(`${call.path} was never answered`);
  }

  async function client(): Promise<void> {
    while (!stopped) {
      await insist(nextCall());
      await sleep(Math.random() * 80);
    }
  }

  const working = Array.from({ length: clients }, client);
  return {
    acknowledged,
    strange,
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}

const peopleCount = 150;
const idsOf = (person: number): readonly string[] => [
  `user_${person}`,
  ...[0, 1, 2].map((device) => `anonymous-${person}-${device}`),
  `crm:${person}`,
];

/** Every id that a call may name. */
export const allIds = Array.from({ length: peopleCount }, (_, person) => idsOf(person)).flat();

const one = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)]!;

/** Mostly about one person; now and then ids of two are mixed up, as they are in life. */
function nextCall(): Call {
  const timestamp = new Date().toISOString();
  const person = Math.floor(Math.random() * peopleCount);
  const mixedUp = Math.random() < 0.05 ? Math.floor(Math.random() * peopleCount) : person;
  const [distinct_id] = idsOf(person) as [string];
  const [otherUser, ...devices] = idsOf(mixedUp);
  const crm = devices.pop();
  const dice = Math.random();
  if (dice < 0.5) {
    const anonymous_id = Math.random() < 0.3 ? one(devices) : undefined;
    const uuid = randomUUID();
    return { path: '/track', body: { environment, event: 'seen', distinct_id, anonymous_id, uuid, timestamp } };
  }
  if (dice < 0.75) {
    const traits = { plan: one(['free', 'pro']) };
    return { path: '/identify', body: { environment, distinct_id, anonymous_id: one(devices), traits, timestamp } };
  }
  if (dice < 0.94) {
    const alias_id = mixedUp === person ? crm : otherUser;
    return { path: '/alias', body: { environment, distinct_id, alias_id, timestamp } };
  }
  return { path: '/v1/split', body: { environment, distinct_id, from: one([...devices, crm]) } };
}
