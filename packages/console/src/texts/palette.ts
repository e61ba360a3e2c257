export const palette = {
  title: 'Find anything, do anything',
  placeholder: 'An id, an email, a row number, or what to do',
  groups: { find: 'Found', person: 'This person', go: 'Go to', do: 'Do' },
  environment: (name: string) => `Switch to ${name}`,
  theme: (name: string) => `Theme: ${name.toLowerCase()}`,
  localZone: (name: string) => `Time zone: of this machine (${name})`,
  timeZone: (name: string) => `Time zone: ${name}`,
  acts: {
    split: 'Split: take identifiers out of this person',
    alias: 'Alias: join another identifier',
    separate: 'Separate: must not be one person',
    export: 'Export all that is held of this person',
    erase: 'Erase this person',
  },
  hint: 'Arrows choose, Enter opens, Escape closes.',
} as const;
