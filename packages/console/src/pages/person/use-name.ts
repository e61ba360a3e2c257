import { useParams } from '@tanstack/react-router';
import { nameOfAddress, type PersonName } from './address.ts';

/** Whom the address names. */
export const useName = (): PersonName => nameOfAddress(useParams({ from: '/e/$environment/people/$id' }).id);
