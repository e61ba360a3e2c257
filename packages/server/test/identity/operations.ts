import type { Operation, Source } from '@onym/core';

export const live: Source = { key: 'sk_test', lib: 'test', batch: null, public: false };

export const identify = (distinctId: string, anonymousId: string, source = live): Operation => ({
  op: 'identify',
  distinctId,
  anonymousId,
  traits: [],
  timestamp: null,
  source,
});

export const alias = (primary: string, secondary: string, source = live): Operation => ({
  op: 'alias',
  kind: 'alias',
  primary,
  secondary,
  timestamp: null,
  source,
});
