import { Onym } from '@onym/sdk';
import type { Outcome } from './scenarios.ts';
import type { Screen } from './screen.ts';

export interface Place {
  readonly url: string;
  readonly folder: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** How `onym` is called here. */
  readonly command: string;
}

/** What the story leaves behind, and what can be tried on it. A test runs each of these commands. */
export async function showYourTurn(screen: Screen, place: Place, { heldLink, wrongLink }: Outcome): Promise<void> {
  const { url, folder, writeKey, secretKey, command } = place;
  await screen.scene('Your turn', `There are ${await counts(place)} to explore. In another terminal:`);
  await screen.list([
    `export ONYM_DATA_DIR=${folder}`,
    `export ONYM_WRITE_KEY=${writeKey}`,
    `export ONYM_SECRET_KEY=${secretKey}`,
  ]);
  const suggestions: [what: string, ...lines: string[]][] = [
    ['Why Ana and Ben are two people:', `${command} explain user_ana app_ben`],
    [
      'What waits for review, and what approving it would do:',
      `${command} review`,
      `${command} approve ${heldLink} --dry-run`,
    ],
    ['All of it in a browser; the link signs in once:', `${command} console`],
    ['Everybody, in SQL:', `${command} query 'SELECT canonical_id, traits FROM identities'`],
    ['Does all that is stored agree with the ledger?', `${command} verify`],
    [
      `Whose was app_ben as of ledger row ${wrongLink}?`,
      `curl -sw '\\n' ${url}/v1/resolve \\`,
      '  -H "Authorization: Bearer $ONYM_SECRET_KEY" \\',
      `  -d '{"distinct_ids":["app_ben"],"as_of_seq":${wrongLink}}'`,
    ],
    [
      'A call of your own:',
      `curl -sw '\\n' ${url}/track \\`,
      '  -H "Authorization: Bearer $ONYM_WRITE_KEY" \\',
      `  -d '{"event":"hello","distinct_id":"legacy:4711"}'`,
    ],
  ];
  for (const [what, ...lines] of suggestions) {
    await screen.say(what);
    await screen.list(lines);
  }
  await screen.say(`Onym listens at ${url}. Ctrl-C stops it and removes the data.`);
}

async function counts({ url, secretKey }: Place): Promise<string> {
  const onym = new Onym({ apiKey: secretKey, baseUrl: url });
  const { rows } = await onym.query<{ identities: number; identifiers: number; events: number }>(
    'SELECT (SELECT count() FROM identities) AS identities, (SELECT count() FROM identifiers) AS identifiers, (SELECT count() FROM events) AS events',
  );
  const { identities, identifiers, events } = rows[0]!;
  return `${identities} identities, ${identifiers} identifiers, ${events} events and ${await ledgerRows(url, secretKey)} ledger rows`;
}

/** Of one page, which holds more than the story makes. */
async function ledgerRows(url: string, secretKey: string): Promise<number> {
  const response = await fetch(`${url}/v1/ledger?limit=1000`, { headers: { authorization: `Bearer ${secretKey}` } });
  if (!response.ok) throw new Error(`The ledger can't be read: ${await response.text()}`);
  return ((await response.json()) as { rows: unknown[] }).rows.length;
}
