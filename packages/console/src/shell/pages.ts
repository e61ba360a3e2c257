import { texts } from '../texts/texts.ts';

/** The pages of an environment, in the order of the navigation. */
export const pages = [
  { to: '/e/$environment/people', label: texts.find.title },
  { to: '/e/$environment/review', label: texts.review.title },
  { to: '/e/$environment/import', label: texts.imports.title },
  { to: '/e/$environment/health', label: texts.health.title },
  { to: '/e/$environment/sql', label: texts.sql.title },
  { to: '/e/$environment/live', label: texts.live.title },
] as const;
