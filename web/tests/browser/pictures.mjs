// The pictures that people compare when something changed, of a server as it is after a quarter of work.
// node pictures.mjs NAME BASE [JSON]; HAWSER_SHOTS=FOLDER keeps them.
import { api, audit, expect, run, settled, shoot, signIn, title } from './browser.mjs';
import { layout } from './layout.mjs';

const widths = { desk: [1440, 900], phone: [390, 844] };

const first = async (page, path) => (await api(page, 'GET', path)).data[0];

// What is at the addresses, as this server has it.
async function places(page, device) {
  const group = await first(page, '/api/device-groups?name=Tills&current=1&pageSize=10');
  const user = await first(page, '/api/users?name=mara&current=1&pageSize=10');
  const book = await first(page, '/api/ab/shared/profiles?current=1&pageSize=10');
  const strategy = (await api(page, 'GET', '/api/strategies?current=1&pageSize=10')).find((s) => s.name === 'Kiosks');
  const explore = `/access/explore?user=${user.name}&device=${device}`;
  return [
    ['home', '/'], ['devices', '/devices'], ['devices-empty', '/devices?q=nobody-is-called-this'],
    ['device', `/devices/${device}`], ['device-policy', `/devices/${device}/policy`], ['device-access', `/devices/${device}/access`],
    ['sessions', '/sessions'], ['book', `/books/${book.guid}`], ['book-sharing', `/books/${book.guid}/sharing`],
    ['users', '/users'], ['user', `/users/${user.guid}`], ['user-security', `/users/${user.guid}/security`],
    ['user-groups', '/user-groups'], ['device-groups', '/device-groups'], ['device-group', `/device-groups/${group.guid}`],
    ['access', '/access'], ['explorer-pair', explore], ['control-roles', '/roles/control'], ['admin-role', '/roles/admin/new'],
    ['strategies', '/strategies'], ['strategy', `/strategies/${strategy.guid}`], ['roll-out', `/strategies/${strategy.guid}/rollout`],
    ['strategy-preview', `/strategies/${strategy.guid}/preview`], ['recordings', '/recordings'],
    ['player', '/recordings/session-00'], ['audit-connections', '/audit/connections'], ['audit-files', '/audit/files'],
    ['audit-console', '/audit/console'], ['alarms', '/alarms'], ['alarm-rules', '/alarms/rules'], ['general', '/settings'],
    ['public-address', '/settings/clients'], ['sign-in-policy', '/settings/sign-in'], ['providers', '/settings/providers'],
    ['directory', '/settings/directory'], ['mail', '/settings/mail'], ['channels', '/settings/notifications'],
    ['relays', '/settings/relays'], ['storage', '/settings/storage'], ['backups', '/settings/backups'],
    ['import', '/settings/import'], ['tokens', '/settings/tokens'], ['nodes', '/settings/nodes'], ['options', '/settings/options'],
    ['enrolment', '/settings/enrolment'], ['my-profile', '/me'], ['my-security', '/me/security'], ['my-sign-ins', '/me/sign-ins'],
    ['my-notifications', '/me/notifications'], ['health', '/health'], ['connect-card', `/remote/${device}`], ['nothing-here', '/nothing-here'],
  ];
}

const scenarios = {
  async house(browser, { device, width, dark, language, half }) {
    const [w, h] = widths[width];
    const isTouched = width === 'phone';
    const { page } = await browser.open({ width: w, height: h, dark, isTouched });
    const wrong = [];
    const look = [width, dark ? 'dark' : 'light', language].join('-');
    const take = async (name, at = page) => {
      await shoot(at, `${name}-${look}`);
      await audit(at, name).catch((error) => wrong.push(error.message));
      await layout(at, name, { isTouched, isWide: width === 'desk' && language === 'en' }).catch((error) => wrong.push(error.message));
    };
    const speak = (at) => at.evaluate((chosen) => localStorage.setItem('hawser-language', chosen), language);
    if (half === 1) {
      await page.goto('/sign-in');
      await page.getByLabel('Name or mail address').waitFor();
      await take('sign-in');
      await scenarios.others((await browser.open({ width: w, height: h, dark, isTouched })).page, take, speak);
    }
    await signIn(page, 'admin');
    await title(page, 'Home');
    const all = await places(page, device);
    const middle = Math.ceil(all.length / 2);
    await speak(page);
    for (const [name, path] of half === 1 ? all.slice(0, middle) : all.slice(middle)) {
      await page.goto(path);
      await settled(page);
      await take(name);
    }
    if (half === 2) {
      await scenarios.waited(page, take);
      await scenarios.opened(page, take, isTouched);
    }
    expect(wrong.length === 0, wrong.join('\n'));
  },

  // Who needs a second step, and who runs nothing.
  async others(page, take, speak) {
    await signIn(page, 'user01');
    await page.getByText('Enter the six digits').waitFor();
    await take('second-step', page);
    await page.goto('/sign-in');
    await signIn(page, 'mara');
    await title(page, 'Home');
    await speak(page);
    await page.reload();
    await settled(page);
    await take('home-user', page);
  },

  // A list that is waited for, and one that can't be had.
  async waited(page, take) {
    let answer;
    const asked = new Promise((resolve) => { answer = resolve; });
    const list = /\/api\/devices\?/;
    await page.route(list, async (route) => {
      await asked;
      await route.fulfill({
        status: 400, contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Bad request', status: 400, code: 'invalid', detail: 'The filter is not known.', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }),
      });
    });
    await page.goto('/devices');
    await page.locator('main [aria-busy=true]').first().waitFor();
    await take('devices-skeleton');
    answer();
    await settled(page);
    await take('devices-error');
    await page.unroute(list);
  },

  // What opens over a page.
  async opened(page, take, isTouched) {
    await page.goto('/devices?state=offline');
    await settled(page);
    const ticks = page.locator('main').getByRole('checkbox');
    for (const at of [2, 3, 4]) await ticks.nth(at).check();
    await page.evaluate(() => scrollTo(0, 0));
    await take('devices-selected');
    if (isTouched) {
      await page.goto('/devices');
      await settled(page);
      await page.getByRole('button', { name: /^Actions for / }).first().click();
      const last = page.getByRole('menuitem').last();
      await last.click({ trial: true });
      await take('row-menu');
      await page.keyboard.press('Escape');
      const main = await page.getByRole('button', { name: 'Add device' }).boundingBox();
      expect(main.y + main.height > widths.phone[1] - 40 && main.width > 300, `the main button is at the lower edge: ${JSON.stringify(main)}`);
      await page.getByRole('button', { name: 'Add device' }).click();
      await page.getByRole('dialog').getByText('With a stock client').waitFor();
      await take('add-device');
    } else {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type('till');
      await page.getByRole('dialog').getByText('Tills').waitFor();
      await take('palette');
      await page.keyboard.press('Escape');
      await page.goto('/strategies');
      await settled(page);
      await page.getByRole('row').filter({ hasText: 'Kiosks' }).getByRole('button').last().click();
      await page.getByRole('menuitem').last().click();
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).first().waitFor();
      await take('confirm');
    }
  },
};

await run(scenarios);
