import type { Item } from '../finding/found.ts';
import { texts } from '../texts/texts.ts';
import { type Command, matching } from './commands.ts';

/** A line of the palette: something to do, or something that was found. */
export type Choice =
  | { readonly key: string; readonly command: Command; readonly item?: undefined }
  | { readonly key: string; readonly item: Item; readonly command?: undefined };

export interface Group {
  readonly value: string;
  readonly items: readonly Choice[];
}

/** What the palette shows for a text: commands that say it, then what it finds. Without a text, all commands. */
export function groupsOf(text: string, commands: readonly Command[], found: readonly Item[]): readonly Group[] {
  const said = matching(commands, text);
  const { groups } = texts.palette;
  const ofGroup = (group: Command['group']): Group => ({
    value: groups[group],
    items: said.filter((command) => command.group === group).map((command) => ({ key: command.key, command })),
  });
  const all: Group[] = [
    ofGroup('person'),
    ofGroup('go'),
    ofGroup('do'),
    { value: groups.find, items: found.map((item) => ({ key: item.key, item })) },
  ];
  return all.filter(({ items }) => items.length > 0);
}
