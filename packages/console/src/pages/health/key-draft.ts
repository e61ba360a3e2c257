import type { operations } from '../../api/schema.d.ts';

export type KeyDraft = operations['createKey']['requestBody']['content']['application/json'];

/** All that a publishable key can have. */
export const ingestionScopes: readonly string[] = ['track', 'identify', 'alias'];
