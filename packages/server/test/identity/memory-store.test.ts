import { createMemoryStore } from '../../src/identity/memory-store.ts';
import { describeIdentityStore } from './conformance.ts';

describeIdentityStore('memory', {
  open: async () => createMemoryStore(),
  // It keeps nothing over a restart: the same object stands in for the same data.
  reopen: async (store) => store,
  cleanUp: async () => {},
  leftOut: { kill: 'it keeps nothing over a restart' },
});
