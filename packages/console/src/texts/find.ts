export const find = {
  title: 'People',
} as const;
