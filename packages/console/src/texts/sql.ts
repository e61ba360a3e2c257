export const sql = {
  title: 'SQL',
} as const;
