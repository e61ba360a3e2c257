import { type LoadResult, load } from '../load.ts';
import { check } from '../measure.ts';
import type { Target, Usage } from '../processes.ts';

export const connections = 64;

export interface Load {
  readonly target: Target;
  readonly requests: readonly Buffer[];
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
  const perAnswer = (read: (usage: Usage) => number) =>
    before === null || after === null ? Number.NaN : ((read(after) - read(before)) * 1e6) / result.acknowledged;
  return { ...result, cpuUs: perAnswer((usage) => usage.cpu), mainCpuUs: perAnswer((usage) => usage.mainCpu) };
}
