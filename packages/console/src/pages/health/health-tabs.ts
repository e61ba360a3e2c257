export const healthTabs = ['findings', 'status', 'rejected', 'keys'] as const;

export type HealthTab = (typeof healthTabs)[number];
