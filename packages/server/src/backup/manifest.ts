import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnymError } from '../errors.ts';

/** What a finished backup says of itself; written last, so that one without it is not finished. */
export interface Manifest {
  /** Of the layout of the directory. */
  readonly format: number;
  /** The version of Onym that wrote it. */
  readonly onym: string;
  /** ISO 8601. All that was acknowledged before `began_at` is in it. */
  readonly began_at: string;
  readonly finished_at: string;
  readonly environments: readonly EnvironmentEntry[];
  /** Every file but this one. */
  readonly files: readonly FileEntry[];
}

export interface EnvironmentEntry {
  readonly name: string;
  /** Below the backup; holds a directory for each part. */
  readonly events: string;
  readonly events_migration: number;
}

export interface FileEntry {
  /** Below the backup, with slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export const manifestName = 'backup.json';
/** There while a backup is being written: what has been copied so far, one JSON object a line. */
export const unfinishedName = 'backup.unfinished';
export const manifestFormat = 1;

/** Throws OnymError for what is no finished backup, or one of a version to come. */
export function readManifest(directory: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(directory, manifestName), 'utf8');
  } catch (error) {
    throw new OnymError(
      'invalid-payload',
      `${directory} holds no finished backup: it has no ${manifestName} that can be read (${(error as { code?: string }).code}). A backup that was interrupted is finished by running onym backup with the same directory again.`,
      { cause: error },
    );
  }
  const manifest = parsed(text);
  if (manifest === null) {
    throw new OnymError(
      'invalid-payload',
      `${join(directory, manifestName)} is damaged: it is no manifest of a backup.`,
    );
  }
  if (manifest.format > manifestFormat) {
    throw new OnymError(
      'invalid-payload',
      `The backup in ${directory} was made by Onym ${manifest.onym}, in a form that this version does not know. Use that version or a later one.`,
    );
  }
  return manifest;
}

function parsed(text: string): Manifest | null {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const isWhole =
      typeof value?.format === 'number' && Array.isArray(value.files) && Array.isArray(value.environments);
    return isWhole ? (value as Manifest) : null;
  } catch {
    return null;
  }
}
