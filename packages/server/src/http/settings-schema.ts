import { type TProperties, Type } from 'typebox';
import { oneOf } from './schemas.ts';

const patterns = (description: string) => Type.Array(Type.String(), { description });

const fields = {
  identifiersPerIdentityMax: Type.Integer({ description: 'A link that would make a larger identity is held.' }),
  identifiersPerTypeMax: Type.Record(Type.String(), Type.Integer(), {
    description: 'Maxima per identity for a type, the prefix before the first `:`.',
  }),
  publicKeyMerges: oneOf(
    ['hold', 'apply'],
    'What becomes of a publishable key’s alias that would rename a known person.',
  ),
  anonymousPatterns: patterns('An id that matches one is anonymous by form.'),
  reservedPatterns: patterns('An id that matches one names nobody.'),
} satisfies TProperties;

/** Guard rails in force (docs/operating.md, "Guard rails"). */
export const settings = Type.Object(fields, { $id: 'Settings', description: 'Guard rails, defaults included.' });

/** As a ledger row has them, with the edition of the engine's rules; those of before a setting was there lack it. */
export const recordedSettings = Type.Object(
  {
    rules: Type.Optional(Type.Integer({ description: 'The edition of the engine’s own rules.' })),
    ...Type.Partial(Type.Object(fields)).properties,
  },
  { description: 'Guard rails from this row on.' },
);
