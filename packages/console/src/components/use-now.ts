import { useSyncExternalStore } from 'react';

const stepMs = 10_000;
const round = () => Math.floor(Date.now() / stepMs) * stepMs;

function subscribe(listener: () => void) {
  const timer = setInterval(listener, stepMs);
  return () => clearInterval(timer);
}

/** The time, in steps of ten seconds: what is said relative to it stays true on a page left open. */
export const useNow = (): number => useSyncExternalStore(subscribe, round);
