// Every page as everybody, in every look: nothing for axe to find, no sideways scrolling, no errors, nothing of another
// language, no dead links. node crawl.mjs NAME BASE [JSON]; HAWSER_CRAWL=all takes every width, colour and language,
// HAWSER_SHOTS=FOLDER keeps pictures.
import { mkdirSync } from 'node:fs';
import { audit, expect, run, signIn, title } from './browser.mjs';

const staffPages = [
  '/devices/pending', '/devices/deleted', '/users', '/users/deleted', '/user-groups', '/device-groups', '/access', '/access/explore', '/strategies', '/roles/control', '/roles/admin',
  '/roles/admin/new', '/audit/console', '/books/all', '/settings', '/settings/clients', '/settings/sign-in', '/settings/providers',
  '/settings/directory', '/settings/enrolment', '/settings/mail', '/settings/notifications', '/settings/notifications/deliveries',
  '/alarms/rules', '/alarms/muted', '/settings/relays', '/settings/storage', '/settings/backups', '/settings/tokens', '/settings/nodes', '/settings/options', '/health',
];
const everybodysPages = [
  '/', '/devices', '/sessions', '/books', '/audit/connections', '/audit/files', '/recordings', '/alarms', '/me', '/me/security',
  '/me/sign-ins', '/me/notifications', '/nothing-here',
];
const widths = { desk: [1440, 900], tablet: [820, 1180], phone: [390, 844] };

function looks(one) {
  if (process.env.HAWSER_CRAWL !== 'all') return [one];
  return Object.keys(widths).flatMap((width) =>
    [false, true].flatMap((dark) => ['en', 'zh-CN'].map((language) => ({ width, dark, language }))));
}

async function open(browser, { width, dark, language }, name) {
  const [w, h] = widths[width];
  const { page, context } = await browser.open({ width: w, height: h, dark });
  await signIn(page, name);
  await title(page, 'Home');
  await page.evaluate((chosen) => localStorage.setItem('hawser-language', chosen), language);
  return { page, context };
}

async function look(page, path, how, name) {
  const what = `${path} as ${name}, ${how.width}${how.dark ? ', dark' : ''}, ${how.language}`;
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await page.locator('[aria-busy=true]').waitFor({ state: 'hidden' });
  await audit(page, what);
  if (how.language === 'zh-CN') {
    const words = await page.locator('main').innerText();
    expect(/\p{Script=Han}/u.test(words), `${what} is in Chinese`);
    expect((await page.locator('html').getAttribute('lang')) === 'zh-CN', `${what} says its language`);
  }
  const folder = process.env.HAWSER_SHOTS;
  if (folder) {
    mkdirSync(folder, { recursive: true });
    const look = [how.width, how.dark ? 'dark' : 'light', how.language, name].join('-');
    await page.screenshot({ path: `${folder}/${look}${path.replaceAll('/', '_')}.png` });
  }
}

const scenarios = {
  // 39 and 40, as an administrator, in the look that is asked for.
  async staff(browser, { device, width, dark, language }) {
    const pages = [...everybodysPages, ...staffPages, `/devices/${device}`,
      ...['sessions', 'recordings', 'files', 'policy', 'access'].map((tab) => `/devices/${device}/${tab}`), `/remote/${device}`, '/devices/unknown'];
    for (const how of looks({ width, dark, language })) {
      const { page, context } = await open(browser, how, 'admin');
      for (const path of pages) await look(page, path, how, 'admin');
      await context.close();
    }
  },

  // 27 and 40, as somebody without rights: each page that is offered is there, on a phone.
  async users(browser, { own }) {
    const how = { width: 'phone', dark: false, language: 'en' };
    const { page } = await open(browser, how, 'mara');
    const seen = new Set();
    for (const path of [...everybodysPages, `/devices/${own}`, `/remote/${own}`]) {
      await look(page, path, how, 'mara');
      for (const link of await page.locator('a[href^="/"]').all()) seen.add(await link.getAttribute('href'));
    }
    await page.goto('/');
    await page.getByRole('button', { name: 'Menu' }).click();
    const menu = page.getByRole('dialog');
    await menu.getByRole('link', { name: 'Recordings' }).waitFor();
    for (const link of await menu.getByRole('link').all()) seen.add(await link.getAttribute('href'));
    expect((await menu.getByRole('link', { name: 'Users' }).count()) === 0, 'what is not for users is not in the menu');
    const kinds = new Map([...seen].map((href) => [new URL(href, 'http://x').pathname.replaceAll(/\d{6,}/g, 'ID'), href]));
    for (const href of kinds.values()) {
      if (/^\/(docs|api)/.test(href)) continue;
      await page.goto(href);
      const heading = await page.locator('h1').first().innerText();
      expect(!/nothing at this address|do not have access/.test(heading), `the link ${href} leads somewhere`);
    }
    await page.goto('/users');
    await page.getByRole('heading', { level: 1, name: 'You do not have access to this page' }).waitFor();
  },
};

await run(scenarios);
