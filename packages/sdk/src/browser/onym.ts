import { type BrowserClient, createOnym } from './client.ts';

/** The page's client. */
export const onym: BrowserClient = /* @__PURE__ */ createOnym();
