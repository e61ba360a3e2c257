import { beforeAll, expect, test } from 'vitest';
import { withPage } from './browser.ts';
import { makeLarge, panel, personPath } from './person-support.ts';

const shown = withPage();

const environment = 'development';
beforeAll(async () => {
  await makeLarge('large', 1_000, environment);
  await makeLarge('huge', 10_000, environment);
});

test('a graph of a thousand nodes is drawn again for each frame of panning and zooming', async () => {
  const opened = await shown.open(personPath('large', '', environment));
  const { page } = opened;
  const graph = page.getByRole('img', { name: /^Graph: 1,000 identifiers joined by 999 links\./ });
  await graph.locator('canvas').first().waitFor();
  const { x, y, width, height } = (await graph.boundingBox())!;
  // Each painting of the nodes begins with the clearing of their layer.
  await page.evaluate(() => {
    const counts = { frames: 0, drawn: 0 };
    Object.assign(globalThis, { counts });
    const clear = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      if (this.canvas.dataset.id === 'layer2-node') counts.drawn++;
      clear.apply(this, box);
    };
    const frame = () => {
      counts.frames++;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const counts = () =>
    page.evaluate(() => ({ ...(globalThis as unknown as { counts: { frames: number; drawn: number } }).counts }));
  const nextFrame = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  const moves = 30;
  const before = await counts();
  await page.mouse.move(x + 12, y + height - 12);
  await page.mouse.down();
  for (let move = 1; move <= moves; move++) {
    await page.mouse.move(x + 12 + move * 5, y + height - 12 - move * 4);
    await nextFrame();
  }
  await page.mouse.up();
  const panned = await counts();
  // A frame that began before the count, and one that ends after it, are counted or not.
  const framesMin = moves - 3;
  expect(panned.frames - before.frames).toBeGreaterThanOrEqual(framesMin);
  expect(panned.drawn - before.drawn).toBeGreaterThanOrEqual(framesMin);
  for (let turn = 0; turn < 10; turn++) {
    await page.getByRole('button', { name: turn < 5 ? 'Zoom in' : 'Zoom out' }).click();
    await nextFrame();
  }
  expect((await counts()).drawn - panned.drawn).toBeGreaterThanOrEqual(10);
  expect(width).toBeGreaterThan(300);
});

test('a person of ten thousand identifiers is a list at once, whole after a while, sorted, filtered and explained', async () => {
  const opened = await shown.open(personPath('huge', '', environment));
  const { page } = opened;
  await page.getByText('10,000 ids', { exact: true }).waitFor();
  const table = page.getByRole('table');
  await page.getByRole('button', { name: 'huge:00000', exact: true }).waitFor();
  await expect.poll(() => table.getAttribute('aria-rowcount'), { timeout: 60_000 }).toBe('10001');
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('button', { name: 'Identifier', exact: true }).click();
  await page.getByRole('button', { name: 'Identifier', exact: true }).click();
  await page.getByRole('button', { name: 'huge:09998', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Filter identifiers' }).fill('0421');
  await page.getByRole('button', { name: 'huge:00421', exact: true }).click({ modifiers: ['Shift'] });
  await panel(page, 'Why').getByText('One person, by 2 links:').waitFor();
  await page.getByRole('link', { name: 'Graph' }).click();
  await page.getByText('The 1,000 of 10,000 identifiers nearest to the selected or the canonical one.').waitFor();
  await page
    .getByRole('img', { name: /^Graph: 1,000 identifiers/ })
    .locator('canvas')
    .first()
    .waitFor();
  // How it came to be is read to its end, and a step back is a step back.
  const bar = page.getByRole('region', { name: 'How this person came to be' });
  await bar.getByText('9,999 of 9,999').waitFor({ timeout: 60_000 });
  await bar.getByRole('button', { name: 'One row back' }).click();
  await page.getByText('9,999 ids', { exact: true }).waitFor();
});
