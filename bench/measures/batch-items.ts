import { createPeople, createRandom, createTrackItems, type TrackBody } from '../workload.ts';

const seed = 2;
const people = 50_000;
const events = 20_000;

/** The events of B2: both sides take the same ones. */
export function batchTrackItems(): TrackBody[] {
  const random = createRandom(seed);
  return createTrackItems(events, createPeople(people, random), random);
}
