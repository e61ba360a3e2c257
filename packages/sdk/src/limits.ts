/** Of an identifier, in UTF-8: the server's. */
export const distinctIdBytesMax = 512;

// Retries.

export const retryBaseMs = 1_000;
export const retryMaxMs = 60_000;
/** Of what a server asks for; a timer can't hold any number. */
export const retryAfterMaxMs = 600_000;

// The browser client. Its bundle holds these as bare numbers only because this file imports nothing.

/** A session ends after this long without an event. */
export const sessionIdleMaxMs = 30 * 60 * 1_000;
/** A state is not written again for the time of its last event alone, but in steps of this. */
export const lastEventAtStepMs = 5_000;
/** How often the URL is looked at where the browser does not tell that it changed. */
export const navigationPollMs = 500;
export const cookieMaxAgeSeconds = 365 * 24 * 60 * 60;

/** Calls kept in a page, about; beyond it the oldest go. */
export const pageWaitingCallsMax = 1_000;
/** And their characters: a site needs its storage for other things too. */
export const pageWaitingCharactersMax = 1_000_000;
/** Counting reads the whole store, so it is done for the first call of a page, for every so many, and for large ones. */
export const countedEvery = 50;
export const largeCharacters = 20_000;

export const pageBatchItemsMax = 100;
export const pageBatchCharactersMax = 50_000;
/** A browser lets a request outlive its page only while all such requests hold less than 64 KiB; a character takes up to three bytes. */
export const keepaliveCharactersMax = 20_000;

// The Node client.

export const batchCharactersMax = 5_000_000;
/** Where the server asks to wait longer, the caller is told instead. */
export const callerRetryDelayMaxMs = 60_000;
export const queryTimeoutMs = 45_000;
export const shutdownTimeoutMs = 30_000;
/** Ids of one request; more are asked in several. */
export const resolveIdsMax = 10_000;
