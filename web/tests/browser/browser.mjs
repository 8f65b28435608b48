// A real Chromium, watched: whatever a page does that it must not do fails the scenario.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How long anything may take on a slow machine. */
export const patience = 60_000;

export async function launch(base, others = []) {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-chromium-'));
  const browser = await chromium.launch({
    executablePath: process.env.HAWSER_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    ],
  });
  const faults = [];
  const pages = [];

  async function open({ width = 1440, height = 900, dark = false, language = 'en', storage, isTouched = false } = {}) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale: language === 'zh-CN' ? 'zh-CN' : 'en-GB',
      reducedMotion: 'reduce',
      hasTouch: isTouched,
      isMobile: isTouched,
      baseURL: base,
      ...(storage === undefined ? {} : { storageState: storage }),
    });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    pages.push(page);
    count(page);
    page.on('pageerror', (error) => faults.push(`error in the page: ${error.stack ?? error}`));
    page.on('console', (message) => {
      // Refusals that a scenario asks for are answers, not faults.
      const isOurs = message.location().url === '' || message.location().url.startsWith(base);
      if (message.type() === 'error' && isOurs && !/Failed to load resource.*status of (4\d\d)/.test(message.text())) {
        faults.push(`console: ${message.text()}`);
      }
    });
    page.on('request', (request) => {
      const url = request.url();
      // A provider's own pages are not ours; going there is what a scenario may be about.
      const isElsewhere = others.some((other) => request.frame().url().startsWith(other) || url.startsWith(other));
      if (!url.startsWith(base) && !/^(data|blob):/.test(url) && !isElsewhere) faults.push(`a foreign request: ${url}`);
    });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (e) =>
        console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));
    });
    return { page, context };
  }

  return {
    open,
    faults,
    // What people would see where a scenario stopped.
    words: async () => {
      const texts = await Promise.all(pages.map((page) =>
        page.isClosed() ? '' : page.locator('body').innerText({ timeout: 2000 }).catch(() => '')));
      return texts.map((text) => text.slice(0, 600)).join('\n---\n');
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const sessions = new WeakMap();

// One for each page, never detached: Chromium takes a page's virtual authenticator away with any session that ends.
export async function devTools(page) {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, session);
  return session;
}

/** Counts what somebody presses; typing and scrolling are free (the console's budgets of clicks). */
export function presses() {
  const pressed = { count: 0, press: async (what) => {
    pressed.count += 1;
    await what.click();
  } };
  return pressed;
}

export const password = 'Tulip#42 of Mara';

export async function signIn(page, name, to = '/') {
  await page.goto(to);
  await page.getByLabel('Name or mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export const title = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Presses while the page moves, as it does where a banner comes: what was under the pointer is elsewhere when it is let go. */
export async function pressWhileItMoves(page, what) {
  await what.waitFor();
  const at = await what.boundingBox();
  await page.mouse.move(at.x + 20, at.y + at.height / 2);
  await page.mouse.down();
  await page.evaluate(() => {
    const banner = document.createElement('div');
    banner.id = 'a-banner';
    banner.style.height = '120px';
    document.querySelector('main').prepend(banner);
  });
  const until = Date.now() + patience;
  while ((await what.boundingBox()).y < at.y + 100 && Date.now() < until) await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.mouse.up();
  await page.evaluate(() => document.getElementById('a-banner').remove());
}

/** Waits until something is so. A page that is waited for takes the promise of an answer for the answer itself. */
export async function until(isSo, what, atMost = patience) {
  for (const end = Date.now() + atMost; !(await isSo());) {
    if (Date.now() > end) throw new Error(`expected: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Chooses in a box that searches. */
export async function pick(page, label, text, option = text, scope = page) {
  const box = scope.getByRole('combobox', { name: label, exact: true }).or(scope.getByRole('textbox', { name: label, exact: true })).first();
  await box.fill(text);
  const wanted = page.getByRole('option', { name: option }).first();
  // What comes in above may push the box out of sight, and what it offers goes with it until somebody scrolls.
  for (let tries = 1; ; tries += 1) {
    try {
      await wanted.click({ timeout: tries < 5 ? 5000 : 30000 });
      return;
    } catch (e) {
      if (tries === 5) throw e;
      await box.scrollIntoViewIfNeeded();
    }
  }
}

/** Calls the API as the page does, as whoever is signed in there. */
export const api = (page, method, path, body) => page.evaluate(async ([m, p, b]) => {
  const headers = { 'Content-Type': 'application/json', 'X-Hawser-Console': '1' };
  const me = await (await fetch('/api/console/me', { headers })).json();
  const answer = await fetch(p, {
    method: m, headers: { ...headers, 'X-Hawser-Proof': me.proof }, ...(b === undefined ? {} : { body: JSON.stringify(b) }),
  });
  const text = await answer.text();
  if (!answer.ok || text.startsWith('{"error"')) throw new Error(`${m} ${p}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}, [method, path, body]);

const waiting = new WeakMap();

// What a page asked for and has no answer to; its feed of events never ends.
function count(page) {
  const open = new Set();
  waiting.set(page, open);
  page.on('request', (request) => {
    if (request.resourceType() !== 'eventsource' && !request.url().endsWith('/events')) open.add(request);
  });
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => open.delete(request));
}

/** Waits until a page has what it asked for, and shows it. */
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  const until = Date.now() + patience;
  for (let calm = 0; calm < 4;) {
    if (Date.now() > until) throw new Error(`${page.url()} is not ready: ${[...waiting.get(page)].map((r) => r.url())}`);
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => { setTimeout(done, 40); }); }));
    const isBusy = await page.locator('[aria-busy=true]').filter({ visible: true }).count() > 0;
    calm = waiting.get(page).size === 0 && !isBusy ? calm + 1 : 0;
  }
}

/** Runs the scenario that the command line names; ends with 0, or says what was expected. */
export async function run(scenarios) {
  const [name, base, json = '{}'] = process.argv.slice(2);
  const given = JSON.parse(json);
  const browser = await launch(base, given.others);
  try {
    await scenarios[name](browser, given);
    if (browser.faults.length > 0) throw new Error(browser.faults.join('\n'));
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}\n${browser.faults.join('\n')}\n${await browser.words()}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** Keeps a picture where HAWSER_SHOTS names a folder. */
export async function shoot(page, name, { isFull = false } = {}) {
  const folder = process.env.HAWSER_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isFull });
}

// What stays at an edge covers whatever is just there; axe would call that too small. It lies where it belongs meanwhile.
const moored = (page, isMoored) => page.evaluate((to) => {
  for (const element of document.querySelectorAll('header, main *')) {
    const { position } = getComputedStyle(element);
    if (to && (position === 'sticky' || position === 'fixed') && element.closest('[role=dialog], [role=menu]') === null) {
      element.dataset.moored = '';
      element.style.position = 'static';
    } else if (!to && element.dataset.moored !== undefined) {
      delete element.dataset.moored;
      element.style.position = '';
    }
  }
}, isMoored);

/** What axe finds on the page as it is now; the script runs beside the page's own, so the policy stays on. */
export async function audit(page, name) {
  const session = await devTools(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  await session.send('Runtime.evaluate', { expression: axeSource, contextId: executionContextId });
  await moored(page, true);
  // What was just done is painted first: a button that may be pressed from now on still has the colours of before.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.help, v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).slice(0, 5)])))`,
    contextId: executionContextId,
    awaitPromise: true,
  });
  await moored(page, false);
  if (exceptionDetails) throw new Error(`axe failed on ${name}: ${exceptionDetails.text}`);
  const found = JSON.parse(result.value);
  if (found.length > 0) throw new Error(`axe on ${name}: ${JSON.stringify(found, null, 1)}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) throw new Error(`${name} is ${wide} px wider than its window`);
}

export function expect(condition, sentence) {
  if (!condition) throw new Error(`expected: ${sentence}`);
}
