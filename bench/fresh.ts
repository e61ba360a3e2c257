const marker = '"session_id":"';
const digits = 16;

const placesOf = new WeakMap<Buffer, readonly number[]>();
let sessions = 0;

/**
 * Gives each event of a request that was made in advance a session of its own, in place: an event without a uuid is named by its content,
 * so that the same bytes sent twice are one event, and would be measured as the repeat that they are.
 */
export function freshen(request: Buffer): Buffer {
  let places = placesOf.get(request);
  if (places === undefined) {
    places = sessionsIn(request);
    placesOf.set(request, places);
  }
  for (const place of places) request.write((sessions++).toString(16).padStart(digits, '0'), place, 'latin1');
  return request;
}

function sessionsIn(request: Buffer): number[] {
  const places: number[] = [];
  for (let at = request.indexOf(marker); at !== -1; at = request.indexOf(marker, at + 1))
    places.push(at + marker.length);
  return places;
}
