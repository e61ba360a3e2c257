import { useParams } from '@tanstack/react-router';

/** The environment that the address names. */
export const useEnvironment = (): string => useParams({ from: '/e/$environment' }).environment;
