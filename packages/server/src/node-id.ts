import { hash as digest } from 'node:crypto';
import { bytesPerUnitMax } from './characters.ts';
import { contentBytes } from './exact-json/content-bytes.ts';
import { limits } from './limits.ts';

/** Onym's own UUID namespace; every environment's namespace is a UUIDv5 of its name in it (R9: names and strings alone). */
const onymNamespace = '6f6e796d-0000-5000-8000-6964656e7469';

const namespaceBytes = 16;

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Namespace and name side by side: one call of the digest takes a fifth of what three take. */
let scratch = Buffer.alloc(2_048);

/** 8-4-4-4-12 hexadecimal digits; the dashes stand already. */
const written = Buffer.from('00000000-0000-0000-0000-000000000000', 'latin1');
const places = [...written.keys()].filter((at) => written[at] !== 0x2d);
const versionDigit = 12;
const variantDigit = 16;

function uuidV5(namespace: Buffer, name: string): string {
  const lengthMax = namespaceBytes + name.length * bytesPerUnitMax;
  if (scratch.length < lengthMax) scratch = Buffer.alloc(lengthMax);
  namespace.copy(scratch);
  const length = namespaceBytes + scratch.write(name, namespaceBytes, 'utf8');
  return uuidOf(scratch.subarray(0, length));
}

/** Of namespace and name. */
function uuidOf(bytes: Buffer): string {
  const hex = digest('sha1', bytes, 'hex');
  // Digit by digit it is one text; a template would keep a tree of its parts for as long as it is remembered, walked at each use.
  for (let digit = 0; digit < places.length; digit++) written[places[digit]!] = hex.charCodeAt(digit);
  written[places[versionDigit]!] = 0x35;
  // The variant is 10 in binary.
  written[places[variantDigit]!] = '89ab'.charCodeAt(Number.parseInt(hex[variantDigit]!, 16) & 0x3);
  return written.toString('latin1');
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Of any version, in either case. */
export const isUuid = (text: string): boolean => uuidForm.test(text);

interface Namespace {
  readonly bytes: Buffer;
  /** What the names of contents begin with. */
  readonly contentHead: Buffer;
  /** Active identifiers come again and again: on their events, in each drain, in answers. */
  readonly remembered: Map<string, string>;
}

const namespaces = new Map<string, Namespace>();

function namespaceOf(environment: string): Namespace {
  let namespace = namespaces.get(environment);
  if (namespace === undefined) {
    const bytes = bytesOf(uuidV5(bytesOf(onymNamespace), environment));
    namespace = {
      bytes,
      contentHead: Buffer.concat([bytes, Buffer.from('content:', 'latin1')]),
      remembered: new Map(),
    };
    namespaces.set(environment, namespace);
  }
  return namespace;
}

/** UUIDv5 (RFC 9562) of an identifier in its environment, lower case. The same on every machine (R9). */
export function nodeId(environment: string, distinctId: string): string {
  const { bytes, remembered } = namespaceOf(environment);
  let node = remembered.get(distinctId);
  if (node === undefined) {
    node = uuidV5(bytes, distinctId);
    if (remembered.size >= limits.nodeIdsMax) remembered.clear();
    remembered.set(distinctId, node);
  }
  return node;
}

/** UUIDv5 for a client's message id that is not a UUID itself. */
export function messageUuid(environment: string, messageId: string): string {
  return uuidV5(namespaceOf(environment).bytes, `message:${messageId}`);
}

/** UUIDv5 for an event that is named by what it says: the same for the same JSON. */
export function contentUuid(environment: string, content: readonly unknown[]): string {
  return uuidOf(contentBytes(content, namespaceOf(environment).contentHead));
}
