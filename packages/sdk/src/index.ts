export {
  type BrowserClient,
  type CallOptions,
  createOnym,
  type IdentifyOptions,
  type ResetOptions,
} from './browser/client.ts';
export type { TrackingConsent } from './browser/consent.ts';
export { onym } from './browser/onym.ts';
export type { BrowserOptions, Changes, SentCall } from './browser/options.ts';
export type { KeyValueStore, Place, Platform, PlatformEvent } from './browser/platform.ts';
export type { Persistence } from './browser/storage.ts';
export { ApiError, NetworkError, OnymError, type OnymErrorCode } from './errors.ts';
export { type Id, isReserved } from './identifiers.ts';
export type {
  Answer,
  BlastRadius,
  Explanation,
  Identity,
  Link,
  QueryResult,
  ResolvedIdentity,
  SplitAnswer,
} from './node/answers.ts';
export type { AliasCall, IdentifyCall, SplitCall, TrackCall } from './node/calls.ts';
export {
  type AsOfOptions,
  type IdentityOptions,
  Onym,
  type PreviewOptions,
  type QueryOptions,
  type QueryParameter,
  type ReadOptions,
  type SendOptions,
  type ShutdownOptions,
} from './node/client.ts';
export type { NodeOptions } from './node/options.ts';
export { version } from './version.ts';
export type { Properties, Route, Timestamp, Verdict, WireAnswer } from './wire.ts';
