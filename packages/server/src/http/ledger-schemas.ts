import { type TProperties, Type } from 'typebox';
import { ledgerKinds } from './ledger-kinds.ts';
import { linkKind, nullable, oneOf, reasonOrNull, seq, source, time, verdict } from './schemas.ts';
import { recordedSettings } from './settings-schema.ts';

/** Rows of the ledger, by what they record. wire.ts makes them. */

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const receipt = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Random; the ledger has it too.' }),
    erased_at: time('Time of the ledger row. Of a dry run: now.'),
    identifiers: count('Identifiers of the identity.'),
    events: count('Events of any of them.'),
    links: count('Links that named one, of any status.'),
    traits: count('Trait values, earlier ones included.'),
    ledger_rows: count('Rows of the ledger that were rewritten.'),
    dead_letters: count('Rejected items that named one.'),
    separations: count('Separations that named one, lifted ones included.'),
  },
  { $id: 'ErasureReceipt', description: 'How much was erased. It names nobody.' },
);

export const kinds = Type.Array(oneOf(Object.keys(ledgerKinds), 'One of them.'), {
  $id: 'LedgerKinds',
  description: `What a ledger row did: ${Object.entries(ledgerKinds)
    .map(([kind, meaning]) => `\`${kind}\`, ${meaning}`)
    .join('; ')}.`,
});

const row = (ops: readonly string[], fields: TProperties, description: string) =>
  Type.Object(
    {
      seq,
      time: time('Received; never decreases along the ledger.'),
      op: oneOf(ops, 'The operation.'),
      kinds: Type.Ref('LedgerKinds#'),
      verdict,
      reason: reasonOrNull,
      timestamp: nullable(Type.String({ format: 'date-time' }), 'The client’s timestamp.'),
      source,
      ...fields,
    },
    { description },
  );

const id = (description: string) => Type.String({ description });
const seqs = (description: string) => Type.Array(seq, { description });
const pairs = Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
  description: 'Pairs newly separated.',
});
const pair = { a: id('One identifier.'), b: id('The other.') };

const recordedLink = Type.Object(
  {
    kind: linkKind,
    primary_id: id('The side whose name stays.'),
    secondary_id: id('The side that joins it.'),
    verdict,
    reason: reasonOrNull,
    waived: Type.Array(Type.String(), { description: 'Guard rails that an approval waived.' }),
    approves: nullable(seq, 'The held or refused link that it approves.'),
  },
  { description: 'The link as it was judged.' },
);

const evidence = row(
  ['identify', 'alias', 'track', 'approve'],
  {
    identified: nullable(Type.String(), 'The id that this row makes known.'),
    subject: nullable(Type.String(), 'The distinct_id of an identify, which gets the traits.'),
    traits: Type.Array(
      Type.Object({
        key: Type.String(),
        value: Type.Unknown({ description: 'Any JSON.' }),
        once: Type.Boolean({ description: 'Set by traits_once.' }),
      }),
    ),
    link: Type.Union([recordedLink, Type.Null()], { description: 'Null where none was asked for, or it repeats one.' }),
  },
  'What a call, or an approval, recorded.',
);

const split = row(
  ['split'],
  {
    link: Type.Optional(seq),
    a: Type.Optional(pair.a),
    b: Type.Optional(pair.b),
    distinct_ids: Type.Optional(Type.Array(Type.String(), { description: 'Those taken out of their identity.' })),
    revoked: seqs('Links revoked.'),
    separations: pairs,
  },
  'A merge taken back: of a pair, or of a set of ids.',
);

const revert = row(
  ['revert'],
  {
    scope: Type.Union([
      Type.Object({ batch: Type.String() }),
      Type.Object({ key: Type.String(), from: time('From this moment …'), to: time('… to this one.') }),
    ]),
    revoked: seqs('Rows taken back.'),
    separations: pairs,
  },
  'What a batch, or a key in a span of time, recorded, taken back.',
);

export const ledgerRow = Type.Union(
  [
    evidence,
    split,
    row(['separate', 'lift'], pair, 'Two identifiers kept apart from now on, or no more.'),
    revert,
    row(['reject'], { link: seq, ...pair }, 'A held or refused link, turned down.'),
    row(['settings'], { settings: recordedSettings }, 'Other guard rails.'),
    row(['erased'], {}, 'What is left of a row that an erasure emptied.'),
    row(['erase'], { receipt: Type.Ref('ErasureReceipt#') }, 'An erasure.'),
  ],
  { $id: 'LedgerRow', description: 'One accepted operation and its verdict. Its own fields follow the common ones.' },
);
