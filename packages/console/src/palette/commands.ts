import type { useNavigate } from '@tanstack/react-router';
import type { ActSearch } from '../acts/act-search.ts';
import { nameOfAddress } from '../pages/person/address.ts';
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

/** Acts on a person, by the scope that each needs. The panel of acts reads them from the address. */
function actsOn(address: string): readonly { readonly scope: string; readonly search: ActSearch & { act: ActName } }[] {
  const { id, by } = nameOfAddress(address);
  const person = { id, by: by === 'distinct_id' ? undefined : 'identity_id' };
  // A side of a pair is an identifier; where none is known, the panel asks for it.
  const a = by === 'distinct_id' ? id : undefined;
  return [
    { scope: 'steer', search: { act: 'split', ...person } },
    { scope: 'alias', search: { act: 'alias', a } },
    { scope: 'steer', search: { act: 'separate', a } },
    { scope: 'read', search: { act: 'export', ...person } },
    { scope: 'erase', search: { act: 'erase', ...person } },
  ];
}

type ActName = keyof typeof texts.palette.acts;

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
  return actsOn(person)
    .filter(({ scope }) => scopes.includes(scope))
    .map(({ search }) => ({
      key: `act ${search.act}`,
      group: 'person',
      label: texts.palette.acts[search.act],
      run: () =>
        void navigate({
          to: '/e/$environment/people/$id',
          params: { environment, id: person },
          search: (now: ActSearch) => ({ ...now, ...search }),
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
