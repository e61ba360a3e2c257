import { type Seq, type Settings, settingsFrom } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EnvironmentRow, SettingsRow } from './rows.ts';
import type { EnvironmentInfo } from './store.ts';

/** `rows`: all of the environment's, ascending by seq; the first, of seq 0, is what was in force before the ledger's first row. */
export const settingsOf = (rows: readonly SettingsRow[]): { seq: Seq; settings: Settings }[] =>
  rows.map(({ seq, settings }) => ({ seq, settings: settingsFrom(JSON.parse(settings)) }));

export function infoOf({ name, head }: EnvironmentRow, rows: readonly SettingsRow[]): EnvironmentInfo {
  const settings = settingsOf(rows);
  return { name, head, settings: settings.at(-1)!.settings, initialSettings: settings[0]!.settings };
}

export const environmentNotFound = (name: string): OnymError =>
  new OnymError('environment-not-found', `There is no environment ${JSON.stringify(name)} in the identity store.`);
