import { answered, api } from '../../api/client.ts';
import { pagesOf } from '../../api/pages-of.ts';

interface Selection {
  readonly environment: string;
  readonly all: true;
  readonly error_code?: string;
}

/** Has every rejected item of a selection read again, a thousand a request. */
export async function replayAll(selection: Selection): Promise<{ replayed: number; failed: number }> {
  const sum = { replayed: 0, failed: 0 };
  const pages = pagesOf((next) => answered(api.POST('/v1/dead-letters/replay', { body: { ...selection, next } })));
  for await (const { replayed, failed } of pages) {
    sum.replayed += replayed;
    sum.failed += failed;
  }
  return sum;
}
