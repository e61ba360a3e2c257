export const liveShows = ['both', 'events', 'ledger'] as const;

/** Which of the two streams. */
export type LiveShow = (typeof liveShows)[number];
