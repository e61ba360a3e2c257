import type { FastifyInstance } from 'fastify';
import { OnymError } from '../../errors.ts';
import { parseTimestamp, timestampForms } from '../../ingest/timestamps.ts';
import type { LintReport } from '../../lint/lint.ts';
import type { Example, LintRule } from '../../lint/rules.ts';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { timeToWire } from '../wire.ts';
import * as schemas from './lint-schemas.ts';

/** Which recommended rules the calls of applications break. */
export async function lintRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get<schemas.LintRoute>('/lint', needs('read', schemas.lint), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const since = sinceOf(query.since);
    const { findings, unexamined } = await services.lint.report(environment);
    const asked = findings.filter(
      ({ rule, lastTime }) => (query.rule === undefined || rule === query.rule) && lastTime >= since,
    );
    return { findings: asked.map(findingToWire), unexamined };
  });
}

function sinceOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const since = parseTimestamp(text);
  if (since === null) throw new OnymError('invalid-timestamp', `since is not a moment. Send ${timestampForms}.`);
  return since;
}

function findingToWire(finding: LintReport['findings'][number]) {
  const { rule, count, key, lib, problem, instead } = finding;
  return {
    rule,
    count,
    first_time: timeToWire(finding.firstTime),
    last_time: timeToWire(finding.lastTime),
    key,
    lib,
    problem,
    instead,
    examples: finding.examples.map((example) => exampleToWire(rule, example)),
  };
}

const numberName: Partial<Record<LintRule, string>> = {
  'repeated-alias': 'calls',
  'no-stable-canonical': 'known_identifiers',
  'shared-identifier': 'claimants',
};

function exampleToWire(rule: LintRule, { call, time, ids, seq, uuid, timestamp, number, field }: Example) {
  return {
    call,
    time: timeToWire(time),
    ...ids,
    ...(seq === undefined ? {} : { seq }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(timestamp === undefined ? {} : { timestamp: timeToWire(timestamp) }),
    ...(field === undefined ? {} : { field }),
    ...(number === undefined ? {} : { [numberName[rule] ?? 'number']: number }),
  };
}
