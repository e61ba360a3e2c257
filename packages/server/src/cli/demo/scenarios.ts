import { Onym } from '@onym/sdk';
import { createDevice, createProgram, type Device, type Program } from './cast.ts';
import { activeLinks, type Person, readPerson, sameAs } from './person.ts';
import type { Screen } from './screen.ts';
import { aligned, counted } from './text.ts';
import { treeLines } from './tree.ts';

export interface StoryOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly secretKey: string;
  readonly screen: Screen;
}

/** Links that the story leaves behind, by their seq. */
export interface Outcome {
  readonly heldLink: number;
  readonly wrongLink: number;
}

/** Plays all scenes in order: one shop, and the people who come to it. */
export async function playStory({ url, writeKey, secretKey, screen }: StoryOptions): Promise<Outcome> {
  const onym = new Onym({ apiKey: secretKey, baseUrl: url });
  const devices: Device[] = [];
  const stage: Stage = {
    screen,
    device(who) {
      const device = createDevice(who, { url, writeKey, screen });
      devices.push(device);
      return device;
    },
    program: (who) => createProgram(who, onym, screen),
    person: (id) => readPerson(onym, id),
    async show(...ids) {
      for (const id of ids) await screen.figure(treeLines(await readPerson(onym, id), screen.style));
    },
  };
  const laptop = stage.device('laptop');
  try {
    await browse(stage, laptop);
    await signUp(stage, laptop);
    await useSecondDevice(stage);
    await attachOtherSystems(stage);
    await migrateLegacyId(stage);
    await mergeProfiles(stage);
    await shareDevice(stage);
    const heldLink = await askForTooMuch(stage, laptop);
    const wrongLink = await undoWrongMerge(stage);
    return { heldLink, wrongLink };
  } finally {
    for (const device of devices) device.close();
  }
}

interface Stage {
  readonly screen: Screen;
  /** A browser that has not opened the shop yet. */
  device(who: string): Device;
  program(who: string): Program;
  person(id: string): Promise<Person>;
  /** Draws the identities that these identifiers belong to, as the server has them now. */
  show(...ids: string[]): Promise<void>;
}

async function browse({ screen, show }: Stage, laptop: Device): Promise<void> {
  await screen.scene('1  Browsing', 'Somebody opens the shop on a laptop and finds a teapot. Nobody knows who.');
  await laptop.open();
  await laptop.call('track', 'product_viewed', { product: 'teapot' });
  await laptop.call('track', 'cart_filled', { product: 'teapot' });
  await show(laptop.distinctId());
  await screen.say('An identifier that was never linked costs nothing but its events.');
}

async function signUp({ screen, show }: Stage, laptop: Device): Promise<void> {
  await screen.scene('2  Signing up', 'She creates an account: from now on the shop knows her as user_ana.');
  await laptop.call('identify', 'user_ana', { name: 'Ana', plan: 'free' });
  await laptop.call('track', 'order_placed', { product: 'teapot' });
  await show('user_ana');
  await screen.say(
    'The SDK sent the anonymous id along. That makes a link, named by its seq in the ledger, and the history from before the account is hers at once.',
  );
}

async function useSecondDevice({ screen, device, show }: Stage): Promise<void> {
  await screen.scene('3  A second device', 'Ana browses on her phone, and then logs in there.');
  const phone = device('phone');
  await phone.open();
  await phone.call('track', 'product_viewed', { product: 'kettle' });
  await phone.call('identify', 'user_ana');
  await show('user_ana');
  await screen.remark('One person, with the history of both devices. Her next page calls identify again:');
  await phone.call('identify', 'user_ana');
}

async function attachOtherSystems({ screen, program, show }: Stage): Promise<void> {
  const backend = program('backend');
  await screen.scene(
    '4  Ids of other systems',
    'Ana subscribes. Stripe and the CRM have ids of their own for her, which the backend attaches.',
  );
  await backend.call('alias', { distinctId: 'user_ana', aliasId: 'stripe:cus_Q7xV' });
  await backend.call('alias', { distinctId: 'user_ana', aliasId: 'crm:10093' });
  await backend.call('identify', { distinctId: 'user_ana', traits: { plan: 'pro' } });
  await screen.remark('Stripe calls a webhook, which knows no id but that of Stripe:');
  await backend.call('track', { event: 'invoice_paid', distinctId: 'stripe:cus_Q7xV' });
  await show('user_ana');
  await screen.say('Any of her ids will do, to write and to ask.');
}

async function migrateLegacyId({ screen, program, show }: Stage): Promise<void> {
  const importer = program('import');
  await screen.scene('5  A legacy id', 'In the system before this one Ana was number 4711. Her orders are imported.');
  for (const timestamp of ['2019-03-02', '2020-11-27', '2021-06-15']) {
    await importer.call('track', { event: 'order_placed', distinctId: 'legacy:4711', timestamp });
  }
  await importer.call('alias', { distinctId: 'user_ana', aliasId: 'legacy:4711' });
  await show('user_ana');
  await screen.say('The old orders are hers from the next query on. No event was rewritten for it.');
}

async function mergeProfiles({ screen, device, program, show }: Stage): Promise<void> {
  const backend = program('backend');
  await screen.scene('6  Two profiles of one person', 'Ben has one account on the web and another one in the app.');
  const web = device('web');
  await web.open();
  await web.call('identify', 'web_ben', { name: 'Ben', plan: 'free' });
  const app = device('app');
  await app.open();
  await app.call('identify', 'app_ben', { name: 'Ben', push: true });
  await app.call('track', 'order_placed', { product: 'kettle' });
  await show('web_ben', 'app_ben');
  await screen.remark('He connects the accounts. The backend first asks what that would do:');
  const accounts = { distinctId: 'web_ben', aliasId: 'app_ben' };
  await backend.call('alias', accounts, { dryRun: true });
  await backend.call('alias', accounts);
  await show('web_ben');
}

async function shareDevice({ screen, device, program, show }: Stage): Promise<void> {
  const login = program('login');
  await screen.scene(
    '7  A shared device',
    'Ana logs in on the tablet in the shop. When she leaves, its page forgets to call reset().',
  );
  const tablet = device('tablet');
  await tablet.open();
  await tablet.call('track', 'product_viewed', { product: 'cups' });
  const anonymousId = tablet.distinctId();
  await tablet.call('identify', 'user_ana');
  await screen.remark(
    "Cleo logs in. The login service sends the anonymous id that it finds on the tablet, which is Ana's:",
  );
  await login.call('identify', { distinctId: 'user_cleo', anonymousId, traits: { name: 'Cleo' } });
  await login.call('explain', 'user_cleo', anonymousId);
  await show('user_cleo');
  await screen.remark("Cleo has her account and her traits, and nothing of Ana's. With a reset:");
  await tablet.call('reset');
  await tablet.call('identify', 'user_cleo');
  await tablet.call('track', 'order_placed', { product: 'cups' });
  await show('user_cleo');
}

/** Returns the link that is held. */
async function askForTooMuch({ screen }: Stage, laptop: Device): Promise<number> {
  await screen.scene(
    '8  A page that asks for too much',
    "Anyone can read the key of a page. Somebody opens the console of Ana's browser and claims to be Cleo.",
  );
  const held = seqOf(await laptop.call('alias', 'user_cleo'));
  await screen.say('To merge two known people takes a secret key. The call is held for review.');
  return held;
}

/** Returns the link that was taken back. */
async function undoWrongMerge({ screen, program, person, show }: Stage): Promise<number> {
  const backend = program('backend');
  const job = program('crm job');
  await screen.scene('9  A wrong merge, and its exact undo', 'A faulty CRM job takes Ana and Ben for one person.');
  const people = ['user_ana', 'web_ben'];
  const before = await Promise.all(people.map(person));
  const pair = { distinctId: 'user_ana', aliasId: 'web_ben' };
  const link = seqOf(await job.call('alias', pair));
  await show('user_ana');
  await screen.remark('Ana is called Ben now, and has his orders. Why?');
  await backend.call('explain', 'stripe:cus_Q7xV', 'app_ben');
  await screen.remark(`Link ${link} is the wrong one. What would a split change?`);
  await backend.call('split', { link }, { dryRun: true });
  await backend.call('split', { link });
  await show(...people);
  await screen.say('Compared with what the server said of them before the alias, times included:');
  await screen.figure(comparison(before, await Promise.all(people.map(person)), screen));
  await screen.remark('The CRM job runs again:');
  await job.call('alias', pair);
  await screen.say('A split leaves a separation: the same evidence does not join them again.');
  return link;
}

function seqOf(answer: { readonly seq: number | null } | null): number {
  if (answer === null || answer.seq === null) throw new Error('A call that the story builds on was not recorded.');
  return answer.seq;
}

/** Throws unless all are what they were. */
function comparison(before: readonly Person[], after: readonly Person[], { style }: Screen): string[] {
  const rows = after.map((person, i) => {
    const { canonicalId, identifiers, traits, eventCount } = person.identity;
    if (!sameAs(before[i]!, person)) throw new Error(`${canonicalId} is not what it was before the alias.`);
    return [
      `${canonicalId} `,
      `${counted(identifiers.length, 'identifier')},`,
      `${counted(activeLinks(person.identity).length, 'link')},`,
      `${counted(Object.keys(traits).length, 'trait')},`,
      `${counted(eventCount, 'event')}:`,
    ];
  });
  return aligned(rows).map((cells) => `${cells.join(' ')} ${style.good('equal')}`);
}
