/** `pending` and `dismissed` (the question was closed without an answer) keep calls in memory; `denied` drops them. */
export type TrackingConsent = 'granted' | 'pending' | 'dismissed' | 'denied';

/** What a call does under each. */
export const fateOf: Readonly<Record<TrackingConsent, 'send' | 'keep' | 'drop'>> = {
  granted: 'send',
  pending: 'keep',
  dismissed: 'keep',
  denied: 'drop',
};
