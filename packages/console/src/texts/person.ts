export const person = {
  title: 'Person',
} as const;
