import type { useNavigate } from '@tanstack/react-router';
import { actSearch } from '../api/act-search.ts';
import { theme, themes } from '../preferences/theme.ts';
import { localZoneName, timeZone } from '../preferences/time-zone.ts';
import { pages } from '../shell/pages.ts';
import { texts } from '../texts/texts.ts';

/** Something that the palette does. */
export interface Command {
  readonly key: string;
  readonly group: 'person' | 'go' | 'do';
  readonly label: string;
  /** Other words that find it. */
  readonly also?: string;
  readonly run: () => void;
}

/** Where somebody is, and what can be done from there. */
export interface Place {
  readonly environment: string;
  readonly environments: readonly string[];
  /** How the person of the page stands in the address; null on other pages. */
  readonly person: string | null;
  readonly scopes: readonly string[];
  readonly navigate: ReturnType<typeof useNavigate>;
  readonly signOut: () => void;
}

/** Acts on the person of the page, by the scope that each needs. The panel of acts reads `act` from the address. */
const acts = [
  { act: 'split', scope: 'steer' },
  { act: 'alias', scope: 'alias' },
  { act: 'separate', scope: 'steer' },
  { act: 'export', scope: 'read' },
  { act: 'erase', scope: 'erase' },
] as const;

/** All that the palette does from a place. To add a command, add it here. */
export const commandsAt = (place: Place): readonly Command[] => [
  ...ofPerson(place),
  ...toPages(place),
  ...toEnvironments(place),
  ...themes.map((name) => ({
    key: `theme ${name}`,
    group: 'do' as const,
    label: texts.palette.theme(texts.shell.theme[name]),
    run: () => theme.set(name),
  })),
  {
    key: 'zone UTC',
    group: 'do',
    label: texts.palette.timeZone(texts.shell.timeZone.utc),
    run: () => timeZone.set('UTC'),
  },
  {
    key: 'zone local',
    group: 'do',
    label: texts.palette.localZone(localZoneName()),
    run: () => timeZone.set('local'),
  },
  { key: 'sign out', group: 'do', label: texts.shell.signOut, run: place.signOut },
];

function ofPerson({ person, environment, scopes, navigate }: Place): Command[] {
  if (person === null) return [];
  return acts
    .filter(({ scope }) => scopes.includes(scope))
    .map(({ act }) => ({
      key: `act ${act}`,
      group: 'person',
      label: texts.palette.acts[act],
      run: () =>
        void navigate({
          to: '/e/$environment/people/$id',
          params: { environment, id: person },
          search: actSearch({ act }),
        }),
    }));
}

const toPages = ({ environment, navigate }: Place): Command[] =>
  pages.map(({ to, label }) => ({
    key: `go ${to}`,
    group: 'go',
    label,
    run: () => void navigate({ to, params: { environment } }),
  }));

const toEnvironments = ({ environment, environments, navigate }: Place): Command[] =>
  environments
    .filter((name) => name !== environment)
    .map((name) => ({
      key: `environment ${name}`,
      group: 'do',
      label: texts.palette.environment(name),
      also: texts.shell.environment,
      run: () => void navigate({ to: '/e/$environment/people', params: { environment: name } }),
    }));

/** Those that hold every word of the text, in their order. */
export function matching(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label, also = '' }) => {
    const said = `${label} ${also}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
