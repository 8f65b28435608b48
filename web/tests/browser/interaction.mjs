// How long the list of devices takes to answer a hand: from the event to the next paint, as the browser itself measures
// it (event timing, in steps of 8 ms). No test: it prints numbers.
// node interaction.mjs BASE NAME PASSWORD [TABS] [SECONDS]; prints JSON. With TABS, so many pages are open as well, and
// each says how many hints it heard, how often it drew, and how long its thread was taken at a time.
import { launch } from './browser.mjs';

const [base, name, password, tabs = '0', seconds = '0'] = process.argv.slice(2);
const rounds = 12;
const browser = await launch(base);

const watch = () => {
  globalThis.seen = [];
  globalThis.long = [];
  globalThis.hints = 0;
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (e.interactionId > 0) globalThis.seen.push(e.duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) globalThis.long.push(e.duration);
  }).observe({ type: 'longtask', buffered: true });
  const Source = globalThis.EventSource;
  globalThis.EventSource = class extends Source {
    constructor(...all) {
      super(...all);
      this.addEventListener('message', () => (globalThis.hints += 1));
    }
  };
};

const at = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
};

try {
  const first = await browser.open();
  await first.page.goto('/devices');
  await first.page.getByLabel('Name or mail address').fill(name);
  await first.page.getByLabel('Password', { exact: true }).fill(password);
  await first.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await first.page.getByText(/^1–50 of /).waitFor();
  const storage = await first.context.storageState();
  const others = [];
  for (let i = 0; i < Number(tabs); i++) {
    const { page } = await browser.open({ storage });
    await page.addInitScript(watch);
    await page.goto('/devices');
    await page.getByText(/^1–50 of /).waitFor();
    others.push(page);
  }

  const { page } = first;
  await page.addInitScript(watch);
  const measure = async (size, what, press, undo) => {
    await page.goto(`/devices?size=${size}`);
    await page.getByText(/^1–[\d,]+ of /).waitFor();
    await page.locator('h1').click();
    const durations = [];
    for (let i = 0; i < rounds; i++) {
      await page.waitForTimeout(150);
      await page.evaluate(() => (globalThis.seen.length = 0));
      await press(i);
      // Two frames, so that what was pressed is painted; entries come after the paint.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))));
      const now = await page.evaluate(() => globalThis.seen);
      // Less than the least that the browser tells is counted as that.
      durations.push(Math.max(16, ...now));
      await undo?.(i);
    }
    return { rows: size, what, p50: at(durations, 0.5), p75: at(durations, 0.75), max: Math.max(...durations) };
  };
  const steps = [];
  for (const size of [50, 1000]) {
    steps.push(await measure(size, 'select a row', (i) => page.getByRole('checkbox').nth(1 + (i % 8)).click()));
    steps.push(await measure(size, 'select the page', () => page.getByRole('checkbox').first().click()));
    steps.push(await measure(size, 'next row by j', () => page.keyboard.press('j')));
    steps.push(await measure(size, 'panel by p', () => page.keyboard.press('p'), undefined));
    steps.push(await measure(size, 'type a letter into the search', async (i) => {
      await page.getByRole('searchbox').focus();
      await page.keyboard.press(i % 2 === 0 ? 'p' : 'Backspace');
    }));
    steps.push(await measure(size, 'open the filters', () => page.getByRole('button', { name: 'Add filter' }).click(), () => page.keyboard.press('Escape')));
    steps.push(await measure(size, 'choose a filter', async () => {
      await page.getByRole('button', { name: 'Add filter' }).click();
      await page.getByRole('menuitem', { name: /^Enabled/ }).click();
    }, async () => {
      await page.getByRole('button', { name: /^Remove the filter/ }).click();
      await page.getByText(/^1–[\d,]+ of /).waitFor();
    }));
    steps.push(await measure(size, 'sort by name', () => page.getByRole('button', { name: 'Name', exact: true }).click()));
  }

  await page.waitForTimeout(Number(seconds) * 1000);
  const heard = await Promise.all(others.map((p) => p.evaluate(() => ({ hints: globalThis.hints, long: globalThis.long }))));
  console.log(JSON.stringify({
    steps,
    tabs: heard.length,
    hints: heard.map((h) => h.hints),
    longTasks: { count: heard.reduce((sum, h) => sum + h.long.length, 0), max: Math.max(0, ...heard.flatMap((h) => h.long)) },
    faults: browser.faults,
  }));
} finally {
  await browser.close();
}
