export const errors = {
  noAnswer: 'The server does not answer.',
  unexpected: (status: number) => `The server answered ${status} without saying why.`,
  again: 'Try again',
  somethingFailed: 'This page failed',
  notFound: 'There is nothing at this address',
  notFoundHint: 'Search for an identifier, or go to one of the pages above.',
  requestId: (id: string) => `Request ${id}`,
} as const;
