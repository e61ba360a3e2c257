export const act = {
  title: 'Act',
} as const;
