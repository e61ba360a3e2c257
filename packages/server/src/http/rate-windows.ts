/** Points counted by name, each name's in windows of its own: one begins with the first point after the last has ended. */
export interface RateWindows {
  count(name: string, points: number): RateWindow;
}

/** As it is once the points are counted. */
export interface RateWindow {
  readonly points: number;
  /** In ms of the clock. */
  readonly endsAt: number;
}

interface OpenWindow {
  points: number;
  readonly endsAt: number;
}

/**
 * In memory, and answered at once: a call waits for nothing, and no timer is set for it. Windows of one generation begin within `windowMs` of
 * each other, so all of them have ended, and are forgotten together, when two more generations have begun.
 */
export function createRateWindows(windowMs: number, now: () => number): RateWindows {
  let young = new Map<string, OpenWindow>();
  let old = new Map<string, OpenWindow>();
  let youngUntil = Number.NEGATIVE_INFINITY;

  /** Also where the clock was set back: windows would stay open until it is where it was. */
  function forgetEnded(at: number): void {
    if (at < youngUntil && at >= youngUntil - windowMs) return;
    const follows = at >= youngUntil && at < youngUntil + windowMs;
    old = follows ? young : new Map();
    young = new Map();
    youngUntil = at + windowMs;
  }

  return {
    count(name, points) {
      const at = now();
      forgetEnded(at);
      const known = young.get(name) ?? old.get(name);
      if (known !== undefined && at < known.endsAt) {
        known.points += points;
        return known;
      }
      const opened = { points, endsAt: at + windowMs };
      young.set(name, opened);
      return opened;
    },
  };
}
