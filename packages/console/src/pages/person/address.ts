/**
 * How a person stands in the address `/people/<here>`: a `distinct_id` as it is. What the API would read another way says what it is in front:
 * `distinct_id:550e8400-…` for an id in the form of a UUID, `identity_id:…` for an identity id.
 */
export interface PersonName {
  readonly id: string;
  /** How the API is to read the id; null leaves it to the API: a UUID is first an identity_id. */
  readonly by: 'distinct_id' | 'identity_id' | null;
}

const asDistinctId = 'distinct_id:';
const asIdentityId = 'identity_id:';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** No address can hold these two: they mean folders. They are reserved, so they name nobody. */
const isFolder = (id: string): boolean => id === '.' || id === '..';

/** How an identifier stands in the address of its person. */
export function personAddress(distinctId: string): string {
  const other =
    uuid.test(distinctId) ||
    isFolder(distinctId) ||
    [asDistinctId, asIdentityId].some((prefix) => distinctId.startsWith(prefix));
  return other ? asDistinctId + distinctId : distinctId;
}

/** How an identity id stands there. */
export const identityAddress = (identityId: string): string => asIdentityId + identityId;

/** Whom an address names. */
export function nameOfAddress(address: string): PersonName {
  if (address.startsWith(asIdentityId)) return { id: address.slice(asIdentityId.length), by: 'identity_id' };
  if (address.startsWith(asDistinctId)) return { id: address.slice(asDistinctId.length), by: 'distinct_id' };
  return { id: address, by: uuid.test(address) ? null : 'distinct_id' };
}

/** An id that the API can be asked for: `.` and `..` it can't, and names of over 512 bytes are none. */
export const canBeAsked = ({ id }: PersonName): boolean => id !== '' && !isFolder(id);
