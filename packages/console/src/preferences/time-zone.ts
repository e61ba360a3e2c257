import { stored } from './stored.ts';

export const timeZones = ['UTC', 'local'] as const;
export type TimeZoneChoice = (typeof timeZones)[number];

/** In which zone times are shown. What is sent and shared is always UTC. */
export const timeZone = stored<TimeZoneChoice>('time-zone', timeZones, 'UTC');

export const localZoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The IANA name of the chosen zone. */
export const useTimeZone = (): string => (timeZone.use() === 'UTC' ? 'UTC' : localZoneName());
