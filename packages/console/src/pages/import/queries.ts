import { skipToken, useQuery } from '@tanstack/react-query';
import { type Work, workKey } from './work.ts';

/** The work on a file, or null. */
export const useWork = (environment: string): Work | null =>
  useQuery<Work | null>({
    queryKey: workKey(environment),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data ?? null;
