import { linkOptions } from '@tanstack/react-router';
import { personAddress } from '../pages/person/address.ts';
import type { Item } from './found.ts';

/** Where what was found is. */
export function itemLink(environment: string, item: Item) {
  if (item.type === 'row')
    return linkOptions({ to: '/e/$environment/ledger/$seq', params: { environment, seq: String(item.seq) } });
  if (item.type === 'batch')
    return linkOptions({ to: '/e/$environment/import', params: { environment }, search: { of: item.batch } });
  const id = item.type === 'person' ? personAddress(item.person.canonicalId) : personAddress(item.id);
  return linkOptions({ to: '/e/$environment/people/$id', params: { environment, id } });
}
