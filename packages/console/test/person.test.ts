import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { axe, expectNoSidewaysScroll, type OpenOptions, open, place, themes, withPage } from './browser.ts';
import { call, heading, type Made, makePerson, panel, personPath } from './person-support.ts';

const shown = withPage();

let made: Made;
beforeAll(async () => {
  made = await makePerson('p');
});

/** The person page at an address, once it is there. */
async function openPerson(id: string, rest = '', options: OpenOptions = {}) {
  const opened = await shown.open(personPath(id, rest), options);
  await panel(opened.page, 'Identifiers').waitFor();
  return opened.page;
}

const searchOf = (page: { url: () => string }, name: string) => new URL(page.url()).searchParams.get(name);

test('the header says who it is, since when, and how much there is, under whichever id one comes by', async () => {
  const page = await openPerson('p:visitor');
  expect(await heading(page).textContent()).toContain('p:ada');
  await page.getByText('known', { exact: true }).first().waitFor();
  await page.getByText('4 ids', { exact: true }).waitFor();
  await page.getByText('250 events', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Copy canonical id' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('p:ada');
});

test('the graph is drawn, said in words, and the list has the same', async () => {
  const page = await openPerson('p:ada');
  const summary = '4 identifiers joined by 3 links. 1 refused link, 1 separation.';
  const graph = page.getByRole('img', { name: `Graph: ${summary}` });
  await graph.locator('canvas').first().waitFor();
  await page.getByRole('link', { name: 'List' }).click();
  await page.waitForURL(/view=list/);
  const rows = page.getByRole('table').getByRole('row');
  await page.getByRole('button', { name: 'p:legacy', exact: true }).waitFor();
  expect(await rows.count()).toBe(5);
  await page.getByRole('button', { name: 'Links' }).click();
  await page.waitForURL(/sort=-links/);
  expect(await rows.nth(1).textContent()).toMatch(/^p:ada.*2$/);
  await page.getByRole('searchbox', { name: 'Filter identifiers' }).fill('LEG');
  await page.getByRole('button', { name: 'p:ada', exact: true }).waitFor({ state: 'detached' });
  expect(await rows.count()).toBe(2);
});

test('links, what was refused and separations are told as text, and one is selected', async () => {
  const page = await openPerson('p:ada', '?view=links');
  const links = page.getByRole('region', { name: 'Links and separations' });
  await links.getByText('alias() gave p:billing the id p:legacy.').waitFor();
  await links.getByText('p:ada and p:wrong must not be one person.').waitFor();
  await links.getByText(/already belongs to another known person/).waitFor();
  await links.getByRole('button', { name: `Select link ${made.seq.billing}` }).click();
  await page.waitForURL(new RegExp(`link=${made.seq.billing}$`));
  await panel(page, `Link ${made.seq.billing}`).getByText('alias() gave p:ada the id p:billing.').waitFor();
});

test('nothing moves while the page loads', async () => {
  const page = await openPerson('p:ada', '?a=p:legacy&b=p:visitor&trait=plan');
  await page.addInitScript(() => {
    const moved = { by: 0 };
    Object.assign(globalThis, { moved });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved.by += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift' });
  });
  await page.reload();
  await page
    .getByRole('img', { name: /^Graph:/ })
    .locator('canvas')
    .first()
    .waitFor();
  await panel(page, 'Why').getByText('One person, by 3 links:').waitFor();
  await panel(page, 'Timeline').getByText('alias() gave p:billing the id p:legacy.').waitFor();
  expect(await page.evaluate(() => (globalThis as unknown as { moved: { by: number } }).moved.by)).toBeLessThan(0.05);
});

test('two identifiers chosen by keyboard in the list are explained, link by link', async () => {
  const page = await openPerson('p:ada', '?view=list');
  await page.getByRole('button', { name: 'p:ada', exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('p:legacy');
  await page.keyboard.press('Enter');
  await page.waitForURL(/a=p%3Alegacy/);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/b=p%3Avisitor/);
  const why = panel(page, 'Why');
  await why.getByText('One person, by 3 links:').waitFor();
  const lines = await why.getByRole('listitem').allTextContents();
  expect(lines.map((line) => line.match(/^\d+/)?.[0])).toEqual(
    [made.seq.last, made.seq.billing, made.seq.joined].map(String),
  );
  expect(lines[2]).toContain('identify() said that p:visitor had become p:ada.');
});

test('a node is chosen by a click in the graph, and what stands between two people is told', async () => {
  const page = await openPerson('p:ada');
  const graph = page.getByRole('img', { name: /^Graph: 4 identifiers/ });
  await graph.locator('canvas').first().waitFor();
  await page.getByRole('button', { name: 'Explain' }).waitFor({ state: 'hidden' });
  const { x, y, width, height } = (await graph.boundingBox())!;
  const center = await nodeAt(page, { x: x + width / 2, y: y + height / 2 });
  await page.mouse.click(center.x, center.y);
  await page.waitForURL(/a=p%3A/);
  await page.getByRole('textbox', { name: 'Compare with an id' }).fill('p:eve');
  await page.getByRole('button', { name: 'Explain' }).click();
  const why = panel(page, 'Why');
  await why.getByText('Two people.').waitFor();
  await why.getByText('refused', { exact: true }).waitFor();
  await why.getByText(/already belongs to another known person/).waitFor();
  await why.getByRole('button', { name: 'Clear' }).click();
  expect(searchOf(page, 'a')).toBeNull();
});

/** The middle of the canvas may be beside a node: where the pointer's cursor would be over the nearest one is found by its colour. */
async function nodeAt(page: Page, near: { x: number; y: number }) {
  return page.evaluate(({ x, y }) => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-id="layer2-node"]')!;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const soft = getComputedStyle(document.documentElement).getPropertyValue('--known-soft').trim();
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(soft.slice(at, at + 2), 16));
    let best = { x: 0, y: 0, away: Number.POSITIVE_INFINITY };
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue || data[at + 3] !== 255) continue;
      const here = {
        x: box.x + ((at / 4) % canvas.width) / scale,
        y: box.y + Math.floor(at / 4 / canvas.width) / scale,
      };
      const away = Math.hypot(here.x - x, here.y - y);
      if (away < best.away) best = { ...here, away };
    }
    return best;
  }, near);
}

test('a trait says where it comes from, and unfolds into all that it was', async () => {
  const page = await openPerson('p:ada');
  const traits = panel(page, 'Traits');
  await traits
    .getByText(/^from p:ada · .* · row \d+$/)
    .first()
    .waitFor();
  await traits.getByRole('button', { name: 'History of plan' }).click();
  await page.waitForURL(/trait=plan/);
  const past = traits.getByRole('listitem').filter({ hasText: 'plan' }).getByRole('listitem');
  await past.first().waitFor();
  expect((await past.allTextContents()).map((text) => text.match(/^\w+/)?.[0])).toEqual(['pro', 'free']);
});

test('the timeline goes on to its end, with the ledger’s rows in it, and is filtered by event', async () => {
  const page = await openPerson('p:ada');
  const timeline = panel(page, 'Timeline');
  await timeline.getByText('alias() gave p:billing the id p:legacy.').waitFor();
  const list = page.getByRole('region', { name: 'Events and ledger rows, newest first' });
  await expect
    .poll(
      async () => {
        await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
        return timeline.getByText('That is all.').count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  const size = await list.getByRole('listitem').first().getAttribute('aria-setsize');
  expect(Number(size)).toBe(250 + 7);
  const filter = timeline.getByRole('combobox', { name: 'Filter by event' });
  await filter.fill('ordered');
  await page.waitForURL(/event=ordered/);
  await expect.poll(() => list.getByRole('listitem').first().getAttribute('aria-setsize')).toBe('25');
  await list
    .getByRole('button', { name: /^ordered via p:visitor/ })
    .first()
    .click();
  await timeline.getByText('"index": 0').waitFor();
  expect(searchOf(page, 'open')).not.toBeNull();
});

test('the slider replays how the person came to be: header, list and traits are those of the moment', async () => {
  const page = await openPerson('p:ada', '?view=list');
  const bar = page.getByRole('region', { name: 'How this person came to be' });
  await bar.getByText('7 of 7').waitFor();
  const slider = bar.getByRole('slider', { name: 'Moment that is shown' });
  await slider.focus();
  await page.keyboard.press('Home');
  await page.waitForURL(new RegExp(`as_of_seq=${made.seq.joined - 1}$`));
  await bar.getByText('Before the first row').waitFor();
  await page.getByText('At this ledger row nothing had been said of this id yet.').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(new RegExp(`as_of_seq=${made.seq.joined}$`));
  await page.getByText(`as of row ${made.seq.joined}`, { exact: true }).waitFor();
  await page.getByText('2 ids', { exact: true }).waitFor();
  await bar.getByText('identify() said that p:visitor had become p:ada.').waitFor();
  const plan = panel(page, 'Traits').getByRole('listitem').filter({ hasText: 'plan' });
  await plan.getByText('free', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'p:billing', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('main').focus();
  await page.keyboard.press(']');
  await page.getByText('3 ids', { exact: true }).waitFor();
  await bar.getByRole('button', { name: 'One row on' }).click();
  await plan.getByText('pro', { exact: true }).waitFor();
  await bar.getByRole('button', { name: 'To now' }).click();
  await page.getByText('4 ids', { exact: true }).waitFor();
  expect(searchOf(page, 'as_of_seq')).toBeNull();
});

test('a moment has an address, and a row in the timeline leads to its own', async () => {
  const page = await openPerson('p:ada', `?as_of_seq=${made.seq.refused}`);
  await page.getByText('The anonymous id already belongs to another known person.', { exact: false }).waitFor();
  await page.getByRole('img', { name: /^Graph: 3 identifiers joined by 2 links\. 1 refused link\./ }).waitFor();
  await page.getByRole('button', { name: `Show the person as of row ${made.seq.billing}` }).click();
  await page.getByRole('img', { name: /^Graph: 3 identifiers joined by 2 links\. The list/ }).waitFor();
});

test('a visitor who was never linked has nothing but events, and says so', async () => {
  await call('/track', { environment: 'staging', event: 'seen', distinct_id: 'p-visitor' });
  const page = await openPerson('p-visitor');
  await page.getByText('never linked', { exact: true }).waitFor();
  await page.getByText(/^This id was never linked, identified or given traits/).waitFor();
  await page.getByText('1 event', { exact: true }).waitFor();
  await page.getByText('No traits.', { exact: false }).waitFor();
});

test('who is unknown, or was erased, is told as such, with the way on', async () => {
  await call('/identify', { environment: 'staging', distinct_id: 'p-gone', traits: { plan: 'pro' } });
  const erased = `/v1/identities/p-gone?environment=staging&by=distinct_id`;
  await fetch(place.url + erased, { method: 'DELETE', headers: { authorization: `Bearer ${place.secretKey}` } });
  for (const id of ['p-gone', 'p-nobody']) {
    const { page, context } = await open(personPath(id));
    await page.getByRole('heading', { name: 'Nobody here goes by this id' }).waitFor();
    await page.getByText(/or whoever it named was erased/).waitFor();
    await page.getByRole('link', { name: 'Search for somebody else' }).click();
    await page.waitForURL('**/e/staging/people');
    await context.close();
  }
});

test.each(themes)('the page has no fault that axe finds: graph, list, unfolded, then as now, %s', async (theme) => {
  const page = await openPerson('p:ada', '?a=p:legacy&b=p:eve&trait=plan', { theme });
  await page
    .getByRole('img', { name: /^Graph:/ })
    .locator('canvas')
    .first()
    .waitFor();
  await panel(page, 'Why').getByText('Two people.').waitFor();
  await page
    .getByRole('button', { name: /^viewed via/ })
    .first()
    .click();
  await page.getByText('"index":', { exact: false }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('link', { name: 'List' }).click();
  await page.getByRole('table').waitFor();
  await page.getByRole('button', { name: 'One row back' }).click();
  await page.getByText(/^as of row/).waitFor();
  expect(await axe(page)).toEqual([]);
});

test.each(['phone', 'narrow'] as const)('a %s needs no scrolling to the side', async (size) => {
  const page = await openPerson('p:ada', '?view=list&a=p:legacy&b=p:visitor&trait=plan', { size });
  await panel(page, 'Why').getByText('One person, by 3 links:').waitFor();
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Graph' }).click();
  await page
    .getByRole('img', { name: /^Graph:/ })
    .locator('canvas')
    .first()
    .waitFor();
  await expectNoSidewaysScroll(page);
});
