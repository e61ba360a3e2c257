import { OnymError } from '../errors.ts';

/** What it reads; null while the store that knows it is away: the rest is told all the same. */
export async function unlessAway<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OnymError && error.status === 503) return null;
    throw error;
  }
}
