import { isDeepStrictEqual } from 'node:util';
import { Onym } from '@onym/sdk';
import { createDevice, createProgram, type Device } from './cast.ts';
import { type Person, readPerson } from './person.ts';
import type { Screen } from './screen.ts';
import { treeLines } from './tree.ts';

export interface StoryOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly secretKey: string;
  readonly screen: Screen;
}

/** Plays all scenes in order: one shop, and the people who come to it. */
export async function playStory({ url, writeKey, secretKey, screen }: StoryOptions): Promise<void> {
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
      for (const id of ids) await screen.identity(treeLines(await readPerson(onym, id), screen.style));
    },
  };
  try {
    await play(stage);
  } finally {
    for (const device of devices) device.close();
  }
}

interface Stage {
  readonly screen: Screen;
  /** A browser that has not opened the shop yet. */
  device(who: string): Device;
  program(who: string): ReturnType<typeof createProgram>;
  person(id: string): Promise<Person>;
  /** Draws the identities that these identifiers belong to, as the server has them now. */
  show(...ids: string[]): Promise<void>;
}

async function play(stage: Stage): Promise<void> {
  const laptop = stage.device('laptop');
  await browse(stage, laptop);
  await signUp(stage, laptop);
  await useSecondDevice(stage);
  await attachOtherSystems(stage);
  await migrateLegacyId(stage);
  await mergeProfiles(stage);
  await shareDevice(stage);
  await askForTooMuch(stage, laptop);
  await undoWrongMerge(stage);
}

async function browse({ screen, show }: Stage, laptop: Device): Promise<void> {
  await screen.scene('Browsing', 'Somebody opens the shop on a laptop and looks at a teapot. Nobody knows who it is.');
  await laptop.open();
  await laptop.call('track', 'product_viewed', { product: 'teapot' });
  await laptop.call('track', 'cart_filled', { product: 'teapot' });
  await show(laptop.distinctId());
  await screen.say('An anonymous visitor is no more than these events: nothing else is stored.');
}

async function signUp({ screen, show }: Stage, laptop: Device): Promise<void> {
  await screen.scene('Signing up', 'She creates an account. From now on the shop knows her as user_ana.');
  await laptop.call('identify', 'user_ana', { name: 'Ana', plan: 'free' });
  await laptop.call('track', 'order_placed', { product: 'teapot' });
  await show('user_ana');
  await screen.say(
    'The SDK sent the anonymous id along. That evidence is link 1, and the history from before the account is hers at once.',
  );
}

async function useSecondDevice({ screen, device, show }: Stage): Promise<void> {
  await screen.scene('A second device', 'Ana browses on her phone, and then logs in there.');
  const phone = device('phone');
  await phone.open();
  await phone.call('track', 'product_viewed', { product: 'kettle' });
  await phone.call('identify', 'user_ana');
  await show('user_ana');
  await screen.say('One person, both histories.');
}

async function attachOtherSystems({ screen, program, show }: Stage): Promise<void> {
  const backend = program('backend');
  await screen.scene('Ids of other systems', 'Stripe and the CRM have ids of their own for Ana. The backend attaches them.');
  await backend.call('alias', { distinctId: 'user_ana', aliasId: 'stripe:cus_Q7xV2m' });
  await backend.call('alias', { distinctId: 'user_ana', aliasId: 'crm:10093' });
  await backend.call('identify', { distinctId: 'user_ana', traits: { plan: 'pro' } });
  await screen.say('Later Stripe calls a webhook, which knows nothing but the id of Stripe:');
  await backend.call('track', { event: 'invoice_paid', distinctId: 'stripe:cus_Q7xV2m' });
  await show('user_ana');
}

async function migrateLegacyId({ screen, program, show }: Stage): Promise<void> {
  const importer = program('import');
  await screen.scene('A legacy id', 'The shop had another system before, in which Ana was number 4711. Its orders are imported.');
  for (const timestamp of ['2019-03-02', '2020-11-27', '2021-06-15']) {
    await importer.call('track', { event: 'order_placed', distinctId: 'legacy:4711', timestamp });
  }
  await importer.call('alias', { distinctId: 'user_ana', aliasId: 'legacy:4711' });
  await show('user_ana');
  await screen.say('The old orders are hers as soon as the alias is answered. No event was rewritten for it.');
}

async function mergeProfiles({ screen, device, program, show }: Stage): Promise<void> {
  const backend = program('backend');
  await screen.scene('Two profiles of one person', 'Ben has an account on the web and another one in the app.');
  const web = device('web');
  await web.open();
  await web.call('identify', 'web_ben', { name: 'Ben', plan: 'free' });
  const app = device('app');
  await app.open();
  await app.call('identify', 'app_ben', { name: 'Ben', push: true });
  await app.call('track', 'order_placed', { product: 'kettle' });
  await show('web_ben', 'app_ben');
  await screen.say('He connects the two accounts. First the backend asks what that would do:');
  const accounts = { distinctId: 'web_ben', aliasId: 'app_ben' };
  await backend.call('alias', accounts, { dryRun: true });
  await backend.call('alias', accounts);
  await show('web_ben');
}

async function shareDevice({ screen, device, program, show }: Stage): Promise<void> {
  const login = program('login');
  await screen.scene(
    'A shared device',
    'In the shop there is a tablet. Ana logs in on it and leaves. Its page forgets to call reset(). Then Cleo logs in, and the login service passes the anonymous id of the tablet on.',
  );
  const tablet = device('tablet');
  await tablet.open();
  const anonymousId = tablet.distinctId();
  await tablet.call('identify', 'user_ana');
  await login.call('identify', { distinctId: 'user_cleo', anonymousId, traits: { name: 'Cleo' } });
  await login.call('explain', 'user_cleo', anonymousId);
  await show('user_cleo');
  await screen.say('Cleo has her account and her traits. What was done on the tablet stays Ana’s. With a reset at logout:');
  await tablet.reset();
  await tablet.call('identify', 'user_cleo');
  await show('user_cleo');
}

async function askForTooMuch({ screen }: Stage, laptop: Device): Promise<void> {
  await screen.scene(
    'A page that asks for too much',
    'The key of a page can be read by anyone. Somebody opens the console of a browser and tries to become Cleo.',
  );
  await laptop.call('alias', 'user_cleo');
  await screen.say('Merging two known people takes a secret key. The call waits in the review queue, for a person to decide.');
}

async function undoWrongMerge({ screen, program, person, show }: Stage): Promise<void> {
  const backend = program('backend');
  const sync = program('crm job');
  await screen.scene('A wrong merge, and its exact undo', 'A faulty CRM job takes Ana and Ben for one person.');
  const people = ['user_ana', 'web_ben'] as const;
  const before = await Promise.all(people.map(person));
  const pair = { distinctId: 'user_ana', aliasId: 'web_ben' };
  const { seq } = await sync.call('alias', pair);
  await show('user_ana');
  await screen.say('Ana is called Ben now, and has his orders. Why?');
  await backend.call('explain', 'stripe:cus_Q7xV2m', 'app_ben');
  await screen.say(`Link ${seq} is the wrong one. What would it mean to take it back?`);
  const link = seq ?? 0;
  await backend.call('split', { link }, { dryRun: true });
  await backend.call('split', { link });
  await show(...people);
  await screen.lines(['']);
  for (const [i, id] of people.entries()) requireEqual(id, before[i]!, await person(id));
  await screen.say(
    'Compared with what the server said of both before the alias: ids, traits, links, events, times. All equal.',
  );
  await screen.say('The CRM job runs again:');
  await sync.call('alias', pair);
  await screen.say('A split leaves a separation. The same evidence will not join them again.');
}

function requireEqual(id: string, before: Person, after: Person): void {
  const standing = ({ identity, events }: Person) => ({
    ...identity,
    links: identity.links.filter(({ status }) => status === 'active'),
    events,
  });
  if (!isDeepStrictEqual(standing(before), standing(after))) {
    throw new Error(`After the split ${id} is not what it was before the alias. This is a bug of Onym: please report it.`);
  }
}
