import { overwriteNote, printNote } from './print.ts';

const lineIntervalMs = 10_000;
const watchedIntervalMs = 200;

/** How far something has come, on standard error: in place on a terminal, else a line now and then. */
export function byteProgress(unit: 'bytes' | 'people' = 'bytes') {
  const isWatched = process.stderr.isTTY;
  let shownAt = isWatched ? Number.NEGATIVE_INFINITY : Date.now();
  let isOpen = false;
  return {
    show(what: string, bytes: number, bytesMax: number): void {
      const now = Date.now();
      if (now - shownAt < (isWatched ? watchedIntervalMs : lineIntervalMs)) return;
      shownAt = now;
      const share = bytesMax === 0 ? 100 : Math.floor((bytes / bytesMax) * 100);
      const text = `${what}: ${share} % of ${unit === 'bytes' ? bytesText(bytesMax) : `${bytesMax} ${unit}`}`;
      if (isWatched) overwriteNote(text);
      else printNote(text);
      isOpen = true;
    },
    end(): void {
      if (isOpen && isWatched) overwriteNote('');
    },
  };
}

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
