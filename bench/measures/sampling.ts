import { type LoadResult, load } from '../load.ts';
import { check } from '../measure.ts';
import type { Target, Usage } from '../processes.ts';

export const connections = 64;

export interface Load {
  readonly target: Target;
  readonly requests: readonly Buffer[];
}

/** Microseconds of CPU for each of `count`; NaN where the system does not tell. */
export function cpuUsBetween(
  before: Usage | null,
  after: Usage | null,
  count: number,
  read: (usage: Usage) => number = (usage) => usage.cpu,
): number {
  return before === null || after === null ? Number.NaN : ((read(after) - read(before)) * 1e6) / count;
}

/** Answers per second, and microseconds of CPU per answer where the system tells. */
export interface Sample extends LoadResult {
  readonly cpuUs: number;
  readonly mainCpuUs: number;
}

export async function sample({ target, requests }: Load, durationMs: number, from = 0): Promise<Sample> {
  const before = target.usage();
  const result = await load({ url: target.url, connections, requests, durationMs, from });
  const after = target.usage();
  check(result.errors === 0, `${result.errors} calls failed: ${result.firstError}`);
  return {
    ...result,
    cpuUs: cpuUsBetween(before, after, result.acknowledged),
    mainCpuUs: cpuUsBetween(before, after, result.acknowledged, (usage) => usage.mainCpu),
  };
}
