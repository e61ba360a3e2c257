export const signIn = {
  title: 'Sign in',
  label: 'Secret key',
  hint: 'It begins with sk_. `onym keys` on the server’s machine lists keys and makes new ones; `onym console` prints a link that signs in once.',
  submit: 'Sign in',
  working: 'Signing in…',
  byLink: 'Signing in by the link…',
  ended: 'Your session has ended. Sign in again to go on where you were.',
  publishable: 'This is a publishable key (pk_). The console needs a secret key (sk_).',
} as const;
