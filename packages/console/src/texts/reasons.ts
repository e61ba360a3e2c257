/** Why evidence joined nothing, in words, and what to do. By the codes of docs/resolution.md, "Verdicts". */
export interface Words {
  readonly why: string;
  readonly todo: string;
}

const known: Readonly<Record<string, Words>> = {
  separated: {
    why: 'The two are kept apart: a separation stands between them, or between two identifiers of theirs.',
    todo: 'If they are one person after all, lift the separation first. “Why” on the person page shows which it is.',
  },
  'anonymous-id-belongs-to-another-identity': {
    why: 'The anonymous id belongs to somebody else: its person has a known identifier.',
    todo: 'Usually a shared device, or a second account. Apply it only if both are one person.',
  },
  'reserved-distinct-id': {
    why: 'The id is a word that names nobody, such as null or guest.',
    todo: 'Correct the call: make none while there is no id.',
  },
  'needs-secret-key': {
    why: 'A publishable key asked to merge or rename a known person. Anybody can read such a key, so a person decides.',
    todo: 'Approve it if both are one person. To let it through in future, send it from a server with a secret key.',
  },
  'identity-too-large': {
    why: 'The person would have more identifiers than the environment allows (identifiersPerIdentityMax).',
    todo: 'Look for an id that several people share. Approve it if the person really has so many.',
  },
  'too-many-of-type': {
    why: 'The person would have more identifiers of one type than the environment allows (identifiersPerTypeMax).',
    todo: 'Two accounts of one system are often two people. Approve it if they are one.',
  },
  unverified: {
    why: 'The call came without a proof that it may speak for this identifier.',
    todo: 'Let the server make the proof, and the client send it with identify.',
  },
};

const verdicts: Readonly<Record<string, string>> = {
  applied: 'Applied',
  unchanged: 'Unchanged',
  refused: 'Refused',
  held: 'Held for review',
};

export const reasons = {
  of: (code: string): Words =>
    known[code] ?? { why: `The reason is ${code}.`, todo: 'docs/resolution.md says what it means.' },
  short: {
    separated: 'kept apart',
    'anonymous-id-belongs-to-another-identity': 'belongs to another person',
    'reserved-distinct-id': 'names nobody',
    'needs-secret-key': 'needs a secret key',
    'identity-too-large': 'too many ids',
    'too-many-of-type': 'too many of a type',
    unverified: 'without proof',
  } as Readonly<Record<string, string>>,
  verdict: (verdict: string): string => verdicts[verdict] ?? verdict,
  wouldBe: {
    refused: 'It would be refused.',
    held: 'It would be held for review again.',
    unchanged: 'There is nothing to do: it is so already.',
  } as Readonly<Record<string, string>>,
  was: {
    refused: 'It was refused. Nothing has changed.',
    held: 'It was held for review. Nothing has changed.',
    unchanged: 'There was nothing left to do: somebody was faster.',
  } as Readonly<Record<string, string>>,
} as const;
