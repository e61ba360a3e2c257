import { type Kind, kinds, type Reading, type Vendor, vendors } from './types.ts';

interface Asked {
  readonly environment: string;
  readonly fileName: string;
  readonly reading: Reading;
  readonly dryRun: boolean;
  /** Begin at the first row again, whatever an earlier run of the batch has done. */
  readonly restart?: boolean;
}

const isKind = (what: string): what is Kind => kinds.includes(what as Kind);
const isVendor = (what: string): what is Vendor => vendors.includes(what as Vendor);

/** The query of `POST /v1/import`. */
export function importQuery({ environment, fileName, reading, dryRun, restart = false }: Asked): URLSearchParams {
  const { what, traits } = reading;
  const query = new URLSearchParams({ environment, file_name: fileName });
  const put = (name: string, value: string) => value !== '' && query.append(name, value);
  if (dryRun) put('dry_run', 'true');
  if (restart) put('restart', 'true');
  put('batch', reading.batch.trim());
  put('delimiter', reading.delimiter);
  put('timestamp', reading.timestamp);
  if (isVendor(what)) put('from', what);
  else {
    if (isKind(what)) put('kind', what);
    put('primary', reading.primary);
    put('secondary', reading.secondary);
    put('secondary_prefix', reading.secondaryPrefix);
    put('anonymous', reading.anonymous);
    put('event', reading.event);
  }
  for (const [column, { key, type }] of Object.entries(traits))
    put('trait', `${column}=${key}${type === 'as-is' ? '' : `:${type}`}`);
  if (reading.allTraits) put('traits', '*');
  return query;
}

/** A column that `trait` can name: the first `=` ends the name. */
export const canBeTrait = (column: string): boolean => !column.includes('=');
