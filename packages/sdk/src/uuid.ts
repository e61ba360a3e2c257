let time = 0;
let count = 0;

/** A UUIDv7 (RFC 9562): later ones sort after earlier ones, so that events of one millisecond keep their order. */
export function uuid(): string {
  const now = Date.now();
  count = now > time ? 0 : count + 1;
  time = Math.max(now, time);
  // Eleven digits from 2004 to 2527.
  const stamp = `0${time.toString(16)}`;
  const counter = (0x7000 + (count & 0xfff)).toString(16);
  // Not crypto.randomUUID: pages that were not loaded over TLS have none.
  const random = Array.from(crypto.getRandomValues(new Uint8Array(15)), (byte) => (byte & 15).toString(16)).join('');
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-${counter}-a${random.slice(0, 3)}-${random.slice(3)}`;
}
