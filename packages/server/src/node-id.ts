import { createHash } from 'node:crypto';

/** Onym's own UUID namespace; every environment's namespace is a UUIDv5 of its name in it (R9: names and strings alone). */
const ONYM_NAMESPACE = '6f6e796d-0000-5000-8000-6964656e7469';

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function uuidV5(namespace: Buffer, name: string): string {
  const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const namespaces = new Map<string, Buffer>();

function namespaceOf(environment: string): Buffer {
  let namespace = namespaces.get(environment);
  if (namespace === undefined) {
    namespace = bytesOf(uuidV5(bytesOf(ONYM_NAMESPACE), environment));
    namespaces.set(environment, namespace);
  }
  return namespace;
}

/** UUIDv5 (RFC 9562) of an identifier in its environment, lower case. The same on every machine (R9). */
export function nodeId(environment: string, distinctId: string): string {
  return uuidV5(namespaceOf(environment), distinctId);
}

/** UUIDv5 for a client's message id that is not a UUID itself. */
export function messageUuid(environment: string, messageId: string): string {
  return uuidV5(namespaceOf(environment), `message:${messageId}`);
}
