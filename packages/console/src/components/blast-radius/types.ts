import type { components } from '../../api/schema.d.ts';

export type BlastRadius = components['schemas']['BlastRadius'];
export type Side = BlastRadius['before'][number];
