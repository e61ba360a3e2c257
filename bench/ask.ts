import type { Target } from './processes.ts';

/** Asks a script of `targets/` that serves questions (`targets/serving.ts`). Throws what it says went wrong. */
export async function ask<Answer>(target: Target, path: string, body: object = {}): Promise<Answer> {
  const response = await fetch(target.url + path, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text) as Answer;
}
