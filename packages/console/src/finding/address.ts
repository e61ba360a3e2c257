import { personAddress } from '../pages/person/address.ts';

/** Half a surrogate pair stands in no address, and the two names of folders mean those. */
export function canBeInAddress(id: string): boolean {
  try {
    encodeURIComponent(id);
    return id !== '.' && id !== '..';
  } catch {
    return false;
  }
}

/** How a person stands in the address: by the canonical id, or, where no address can hold it, by the identity id. */
export const addressOf = ({ canonicalId, identityId }: { canonicalId: string; identityId: string }): string =>
  canBeInAddress(canonicalId) ? personAddress(canonicalId) : identityId;
