import { counted, formatCount } from '../format.ts';

export const live = {
  title: 'Live',
  show: { label: 'Show', both: 'Events and ledger', events: 'Events', ledger: 'Ledger' },
  event: 'Event',
  id: 'Identifier',
  pause: 'Pause',
  resume: 'Resume',
  waiting: (count: number) => `${formatCount(count)} more since the pause`,
  clear: 'Clear',
  list: 'What happens, newest first',
  nothing: 'Waiting. What is sent from now on appears here.',
  node: 'Events are those that this server took in; the ledger is everybody’s.',
  connecting: 'Connecting …',
  open: 'Connected',
  lost: 'Connection lost, trying again …',
  dropped: (count: number) => `${counted(count, 'event')} left out: they came faster than this page could take them`,
  by: 'via',
  properties: 'Properties',
  noProperties: 'No properties.',
  keys: { pause: 'Pause or resume' },
} as const;
