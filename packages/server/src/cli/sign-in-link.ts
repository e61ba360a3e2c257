/** Behind the #, so that no server and no log on the way gets to see the token. */
export const signInLink = (url: string, token: string): string => `${url}/sign-in#token=${token}`;
