// Pages about devices with a live host, in a real Chromium against a real server. node devices.mjs NAME BASE [JSON];
// ends with 0, or says what was expected.
import { audit, expect, password, presses, run, signIn, title } from './browser.mjs';
import { Host, readConfiguration } from './host.mjs';

/** Does something with a host that is there meanwhile. */
async function withHost(facts, work) {
  const host = new Host(facts).start();
  try {
    await work(host);
  } finally {
    await host.stop();
  }
}

/** The other colours, once they are all there. */
async function turn(page, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.waitForFunction((scheme) =>
    document.documentElement.getAttribute('data-mantine-color-scheme') === scheme
    && document.getAnimations().every((a) => a.playState !== 'running'), colorScheme);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** How the page looks on a phone, in the dark, and in Chinese; then as it was. */
async function inEveryLook(page, name) {
  await audit(page, name);
  const folder = process.env.HAWSER_SHOTS;
  const shoot = (look) => (folder ? page.screenshot({ path: `${folder}/${name.replaceAll(/\W+/g, '-')}-${look}.png` }) : undefined);
  await shoot('desk');
  await page.setViewportSize({ width: 390, height: 844 });
  await turn(page, 'dark');
  await audit(page, `${name}, on a phone, dark`);
  await shoot('phone-dark');
  await page.setViewportSize({ width: 1440, height: 900 });
  await turn(page, 'light');
}

const lamp = (page, name) => page.getByRole('region', { name: 'Signals' }).or(page.locator('section', { hasText: 'Signals' })).first()
  .getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

const scenarios = {
  // 3 and T19: a host that was given the configuration shows up in the last step by itself, and can be connected to from there.
  async firstDevice(browser, { code, port }) {
    const { page } = await browser.open();
    const pressed = presses();
    await page.goto('/');
    await page.getByLabel('Setup code').fill(code);
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await pressed.press(page.getByRole('button', { name: 'Make the account' }));
    await title(page, 'How is this server reached?');
    await pressed.press(page.getByRole('button', { name: 'Save and go on' }));
    await title(page, 'Who may connect?');
    await pressed.press(page.getByRole('button', { name: 'Save and go on' }));
    await title(page, 'Relay');
    await pressed.press(page.getByRole('button', { name: 'Go on', exact: true }));
    await title(page, 'Mail');
    await pressed.press(page.getByRole('button', { name: 'Later' }));
    await title(page, 'Do you bring something along?');
    await pressed.press(page.getByRole('button', { name: 'Go on', exact: true }));
    await title(page, 'Your first device');
    const setup = await page.evaluate(async () => (await fetch('/api/console/client-setup', { headers: { 'X-Hawser-Console': '1' } })).json());
    const read = readConfiguration(setup.configuration);
    expect(read.host === setup.host && read.key === setup.key, 'the text says what the page says');
    await withHost({ id: '123456789', name: 'reception-pc', port, api: new URL(page.url()).origin }, async () => {
      await page.getByText('reception-pc is here').waitFor();
      await inEveryLook(page, 'the first device');
      const connect = page.getByRole('link', { name: 'Connect to reception-pc' });
      expect((await connect.getAttribute('href')) === '/remote/123456789', 'one can connect at once');
      // Two more: to copy the configuration for it, and to connect.
      expect(pressed.count + 2 <= 12, `T19 takes twelve presses at most, not ${pressed.count + 2}`);
    });
    await page.getByRole('button', { name: 'Finish' }).click();
    await title(page, 'Home');
  },

  // 17: the page of a live host, its four lamps, and asking it to describe itself.
  async host(browser, { port, silent }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices');
    await title(page, 'Devices');
    const api = new URL(page.url()).origin;
    await withHost({ id: '234567891', name: '前台-pc 7', port, api }, async (host) => {
      await page.goto('/d/234567891');
      await page.waitForURL('**/devices/234567891');
      await page.getByText('Signals', { exact: true }).waitFor();
      await lamp(page, 'ID server').getByText('On', { exact: true }).waitFor();
      await lamp(page, 'ID server').getByText('UDP').waitFor();
      await lamp(page, 'Reports (API)').getByText('On', { exact: true }).waitFor();
      await lamp(page, 'Description').getByText('Received', { exact: true }).waitFor();
      await lamp(page, 'Relay').getByText('Never', { exact: true }).waitFor();
      await title(page, '前台-pc 7');
      await inEveryLook(page, 'a live device');
      await page.getByRole('button', { name: 'Other ways to connect' }).click();
      const files = page.getByRole('menuitem', { name: 'Files' });
      await page.getByRole('menuitem', { name: 'View only' }).getByText('has no link for this').waitFor();
      await audit(page, 'other ways to connect');
      const opened = page.waitForEvent('popup');
      await files.click();
      const way = await opened;
      await way.waitForURL('**/remote/234567891?kind=files');
      const app = way.getByRole('link', { name: 'Open in the RustDesk app' });
      await app.waitFor();
      expect((await app.getAttribute('href')) === 'rustdesk://file-transfer/234567891', 'the app is asked for its files');
      await way.close();
      const before = host.described;
      expect(before > 0, 'it has described itself');
      // Pending as long as it does not answer, then a new time.
      host.isDeaf = true;
      await page.getByRole('button', { name: 'Refresh info' }).click();
      await page.getByText('Asked', { exact: true }).waitFor();
      await audit(page, 'a device that is asked');
      host.isDeaf = false;
      await page.getByText('Asked', { exact: true }).waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Refresh info' }).waitFor();
      while (host.described === before) await new Promise((done) => setTimeout(done, 50));
      for (const tab of ['Sessions', 'Recordings', 'Files', 'Policy', 'Access']) {
        await page.getByRole('tab', { name: tab, exact: true }).click();
        await page.waitForURL(`**/devices/234567891/${tab.toLowerCase()}`);
        await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
        await page.locator('[aria-busy=true]').waitFor({ state: 'hidden' });
        await inEveryLook(page, `${tab} of a device`);
      }
      await page.goBack();
      await page.getByRole('tab', { name: 'Policy', exact: true, selected: true }).waitFor();
    });

    // One that registers but has no API address: the lamp is dark, and says why.
    await withHost({ id: silent, name: '', port, api: undefined }, async () => {
      await page.goto(`/devices/${silent}`);
      await lamp(page, 'ID server').getByText('On', { exact: true }).waitFor();
      await lamp(page, 'Reports (API)').getByText('Never', { exact: true }).waitFor();
      await page.getByText('its client has no API address').waitFor();
      await inEveryLook(page, 'a device without API');
    });
  },

  // T6: a machine asks to be let in, and is approved into a group with three presses from Home; another one is rejected,
  // and nobody new comes from a blocked address.
  async pending(browser, { port, group }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    const api = new URL(page.url()).origin;
    let clicks = 0;
    const press = async (what) => {
      clicks += 1;
      await what.click();
    };
    await withHost({ id: '771200345', name: 'till-7', port, api }, async (host) => {
      const line = page.getByRole('link', { name: '1 device waits for approval' });
      await line.waitFor();
      await inEveryLook(page, 'home with a machine that waits');
      await press(line);
      await title(page, 'Pending');
      await page.getByRole('tab', { name: 'Pending (1)', selected: true }).waitFor();
      // It describes itself although nobody knows it yet.
      const row = page.getByRole('row').filter({ hasText: 'till-7' });
      await row.getByText('Pending approval', { exact: true }).waitFor();
      await row.getByText('127.0.0.1').waitFor();
      await inEveryLook(page, 'machines that wait');
      expect(host.described === 0, 'it is no device yet');
      await press(row.getByRole('button', { name: 'Approve till-7' }));
      await page.getByRole('menuitem', { name: group, exact: true }).waitFor();
      await audit(page, 'where a machine is approved into');
      await press(page.getByRole('menuitem', { name: group, exact: true }));
      await page.getByText('Nobody waits').waitFor();
      expect(clicks <= 3, `T6 takes three presses at most, not ${clicks}`);
      // Its next registration is taken, and it reports as a device.
      while (host.described === 0) await new Promise((done) => setTimeout(done, 100));
      await page.getByRole('tab', { name: 'In use' }).click();
      await title(page, 'Devices');
      const device = page.getByRole('row').filter({ hasText: 'till-7' });
      await device.getByText(group, { exact: true }).waitFor();
      await device.getByText('Online', { exact: true }).waitFor();
    });

    await page.getByRole('tab', { name: 'Pending', exact: true }).click();
    await title(page, 'Pending');
    await page.getByText('Nobody waits').waitFor();
    // The same id from another machine, and a machine that nobody wants; both show up by themselves.
    await withHost({ id: '771200345', name: 'impostor', port, api, isCopy: true }, () =>
      withHost({ id: '771200346', name: 'nobody-knows', port, api }, async () => {
        const rows = page.getByRole('row');
        await rows.filter({ hasText: 'impostor' }).getByText("Another machine's ID").waitFor();
        const unknown = rows.filter({ hasText: 'nobody-knows' });
        await unknown.waitFor();
        await inEveryLook(page, 'a machine with the ID of another');
        await unknown.getByRole('button', { name: 'Actions for nobody-knows' }).click();
        await page.getByRole('menuitem', { name: 'Reject', exact: true }).click();
        await unknown.waitFor({ state: 'hidden' });
        await page.goto('/devices/pending?state=rejected');
        await unknown.getByText('Rejected', { exact: true }).waitFor();
        await page.goto('/devices/pending');
        await rows.filter({ hasText: 'impostor' }).getByRole('button', { name: 'Actions for impostor' }).click();
        await page.getByRole('menuitem', { name: 'Block 127.0.0.1' }).click();
        await page.getByText('Nobody waits').waitFor();
        await page.getByRole('button', { name: 'Unblock 127.0.0.1' }).waitFor();
        await inEveryLook(page, 'blocked addresses');
        await page.getByRole('button', { name: 'Unblock 127.0.0.1' }).click();
        await page.getByRole('button', { name: 'Unblock 127.0.0.1' }).waitFor({ state: 'hidden' });
        const log = await page.evaluate(async () =>
          (await fetch('/api/audits/console?pageSize=30', { headers: { 'X-Hawser-Console': '1' } })).json());
        const done = log.data.map((line) => line.iop);
        expect([3, 230, 231, 232].every((iop) => done.includes(iop)), `the log has all of it, not only ${done.join()}`);
      }));
  },

  // One id that two machines claim: Home says so, the device's page tells from where, and it is decided there. And a device
  // that registers but never reports is online, and says why.
  async conflict(browser, { port }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    const api = new URL(page.url()).origin;
    await withHost({ id: '567891234', name: 'till-5', port, api }, async (host) => {
      while (host.described === 0) await new Promise((done) => setTimeout(done, 100));
      await withHost({ id: '567891234', name: 'copy-of-till-5', port, api, isCopy: true }, async () => {
        const line = page.getByRole('link', { name: '1 identity is seen from two machines' });
        await line.waitFor();
        await line.click();
        await title(page, 'Devices');
        await page.getByRole('button', { name: 'Remove the filter Needs attention: Identity conflict' }).waitFor();
        await page.getByRole('row').filter({ hasText: 'till-5' }).getByText('Identity conflict', { exact: true }).waitFor();
        await inEveryLook(page, 'devices that need attention');
        await page.goto('/devices/567891234');
        const card = page.getByRole('region', { name: 'Another machine claims this ID' });
        await card.getByText('copy-of-till-5').waitFor();
        await card.getByText('127.0.0.1').waitFor();
        await inEveryLook(page, 'a device with an identity conflict');
        await card.getByRole('button', { name: 'It is the same device' }).click();
        const ask = page.getByRole('dialog', { name: 'Make the other machine till-5?' });
        await ask.getByText('The machine that has the ID now is refused').waitFor();
        await audit(page, 'whether another machine is the device');
        await ask.getByRole('button', { name: 'Cancel' }).click();
        await ask.waitFor({ state: 'hidden' });
        await card.getByRole('button', { name: 'Keep both apart' }).click();
        await card.waitFor({ state: 'hidden' });
      });
      await page.goto('/devices?online=1');
      await page.getByRole('row').filter({ hasText: 'till-5' }).getByTitle('and reported to the API within a minute').waitFor();
    });

    await withHost({ id: '567891235', name: '', port, api: undefined }, async () => {
      await page.goto('/devices?needs=api');
      const row = page.getByRole('row').filter({ hasText: '567 891 235' });
      await row.getByTitle('it does not report to the API').getByText('Online', { exact: true }).waitFor();
    });
  },

  // 18: a session is ended: it is ending, then gone; the log has who did it and why.
  async ending(browser, { port }) {
    const { page } = await browser.open();
    const pressed = presses();
    const { press } = pressed;
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    const api = new URL(page.url()).origin;
    await withHost({ id: '345678912', name: 'till-3', port, api }, async (host) => {
      // Its sessions are believed only from a device that is known.
      while (host.described === 0) await new Promise((done) => setTimeout(done, 100));
      await host.connect(7, { id: '987654321', name: 'Noor' });
      await press(page.getByRole('link', { name: 'Live sessions' }));
      await title(page, 'Live sessions');
      const row = page.getByRole('row').filter({ hasText: 'till-3' });
      await row.getByText('Active', { exact: true }).waitFor();
      await inEveryLook(page, 'a live session');
      // For a screen on the wall: the same as cards, without anything that ends a session.
      await page.goto('/sessions?board=1');
      const card = page.getByRole('listitem').filter({ hasText: 'till-3' });
      await card.getByText('Active', { exact: true }).waitFor();
      await page.getByText('1 session now').waitFor();
      expect((await page.getByRole('button', { name: 'Disconnect' }).count()) === 0, 'nothing on a board ends a session');
      await inEveryLook(page, 'a wallboard');
      await page.getByRole('button', { name: 'Back to the list' }).click();
      await row.getByText('Active', { exact: true }).waitFor();
      await page.goto('/sessions?operator=somebody-else');
      await page.getByText('Nothing matches').waitFor();
      await page.goto('/sessions?operator=noor');
      await row.getByText('Active', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Clear all' }).click();
      host.isDeaf = true;
      await press(row.getByRole('button', { name: 'Disconnect' }));
      const ask = page.getByRole('dialog', { name: 'End this session?' });
      await ask.getByLabel('Reason (optional)').fill('Wrong customer, 错误的客户');
      await audit(page, 'why a session is ended');
      await press(ask.getByRole('button', { name: 'End session' }));
      expect(pressed.count <= 3, `T17 takes three presses at most, not ${pressed.count}`);
      await ask.waitFor({ state: 'hidden' });
      await row.getByText('Ending', { exact: true }).waitFor();
      host.isDeaf = false;
      await page.getByText('Nobody is connected').waitFor();
      expect(host.ended.join() === '7', 'the host ended that session');
      const log = await page.evaluate(async () =>
        (await fetch('/api/audits/console?iop=5&pageSize=5', { headers: { 'X-Hawser-Console': '1' } })).json());
      const [line] = log.data;
      expect(line.operator === 'admin' && line.info.reason === 'Wrong customer, 错误的客户', `the log says who and why, not ${JSON.stringify(line)}`);
      await page.goto('/devices/345678912/sessions');
      await page.getByRole('row').filter({ hasText: 'Noor' }).getByText('Ended', { exact: true }).waitFor();

      // An ID with a wrong digit leads to the right one.
      await page.goto('/d/345678913');
      await page.getByText('No device with this ID').waitFor();
      await page.getByRole('link', { name: 'till-3' }).waitFor();

      // Another one, ended from the list of devices: all that go on at what is ticked.
      await host.connect(8, { id: '987654321', name: 'Noor' });
      await page.goto('/devices?in_session=1');
      await page.getByRole('row').filter({ hasText: 'till-3' }).getByText('In session', { exact: true }).waitFor();
      await page.getByRole('checkbox', { name: 'Select till-3' }).check();
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Disconnect sessions' }).click();
      const all = page.getByRole('dialog', { name: 'Disconnect all sessions of 1 device?' });
      await all.getByLabel('Reason (optional)').fill('Closing time');
      await audit(page, 'why devices are left alone');
      await all.getByRole('button', { name: 'Disconnect sessions of 1 device' }).click();
      await page.getByText('Disconnect sessions: 1 done').first().waitFor();
      await page.getByText('Nothing matches').waitFor();
      expect(host.ended.join() === '7,8', `the host ended both: ${host.ended}`);
    });
  },

  // A person's pages: each at its own address, and a sign-in that is ended there.
  async person(browser, { guid, other }) {
    const mara = await browser.open();
    await signIn(mara.page, 'mara', '/me');
    await mara.page.getByRole('heading', { level: 1 }).first().waitFor();
    const { page } = await browser.open();
    await signIn(page, 'admin', '/users');
    await title(page, 'Users');
    await page.getByRole('link', { name: 'mara', exact: true }).click();
    await page.waitForURL(`**/users/${guid}`);
    await page.getByText('Control role', { exact: true }).waitFor();
    await inEveryLook(page, 'a user');
    const pages = { Devices: 'devices', Tokens: 'tokens', Sessions: 'sessions', Recordings: 'recordings', Reach: 'access', Roles: 'roles', Audit: 'audit', Security: 'security' };
    for (const [tab, path] of Object.entries(pages)) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await page.waitForURL(`**/users/${guid}/${path}`);
      await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
      await page.locator('[aria-busy=true]').waitFor({ state: 'hidden' });
      await inEveryLook(page, `${tab} of a user`);
    }
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('Not signed in anywhere').waitFor();
    const refused = await mara.page.evaluate(async () =>
      (await fetch('/api/console/me', { headers: { 'X-Hawser-Console': '1' } })).status);
    expect(refused === 401, `the sign-in is over, not ${refused}`);
    // By what somebody signs in: one passkey of a lost phone, one browser of a former desk.
    await page.goto(`/users/${other}/security`);
    await page.getByText('Phone 手机').waitFor();
    await inEveryLook(page, 'by what a person signs in');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog', { name: 'Remove the passkey Phone 手机?' }).getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No passkeys.').waitFor();
    await page.getByRole('button', { name: 'Trust no more' }).click();
    await page.getByText('None: the second factor is asked for everywhere.').waitFor();
    await page.goto('/audit/console');
    await page.getByRole('row').filter({ hasText: 'Removed a passkey' }).filter({ hasText: 'noor' }).waitFor();
    await page.goto('/users/0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11');
    await title(page, 'No such user');
    await audit(page, 'no such user');
  },

  // 14: what nobody has seen for long is disabled in a few presses, deleted, and had back.
  async stale(browser, { old }) {
    const { page } = await browser.open();
    const pressed = presses();
    const { press } = pressed;
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    await press(page.getByRole('link', { name: 'Devices', exact: true }));
    await title(page, 'Devices');
    await press(page.getByRole('button', { name: 'Stale devices' }));
    const dialog = page.getByRole('dialog', { name: 'Devices not seen for long' });
    await dialog.getByText(`${old} devices, ${old} of them enabled.`).waitFor();
    await inEveryLook(page, 'devices not seen for long');
    await press(dialog.getByRole('button', { name: `Disable ${old} devices` }));
    await page.getByText(`Disable devices: ${old} done`).first().waitFor();
    expect(pressed.count <= 5, `T7 takes five presses at most, not ${pressed.count}`);

    await page.getByRole('button', { name: 'Stale devices' }).click();
    await dialog.getByText(`${old} devices, none of them enabled.`).waitFor();
    await dialog.getByRole('button', { name: `Delete ${old} devices` }).click();
    await page.getByText(`Delete devices: ${old} done`).first().waitFor();
    await page.getByRole('tab', { name: 'Recently deleted' }).click();
    await title(page, 'Recently deleted');
    await page.getByText(new RegExp(`of ${old}$`)).waitFor();
    await inEveryLook(page, 'the bin');
    await page.getByRole('button', { name: 'Restore', exact: true }).first().click();
    await page.getByText(new RegExp(`of ${old - 1}$`)).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByRole('button', { name: `Restore ${old - 1} devices` }).click();
    await page.getByText('The bin is empty').waitFor();
    await page.goto('/devices?seen=>90d');
    await page.getByRole('button', { name: 'Remove the filter Last seen: More than 90 days ago' }).waitFor();
    await page.getByText(new RegExp(`of ${old}$`)).waitFor();
    await inEveryLook(page, 'devices by when they were seen');

    // The rule by which the server does it itself says whom it would hit before it is saved.
    await page.goto('/settings');
    await page.getByText('The rule is off: nothing happens by itself.').waitFor();
    await page.getByLabel('Disable after days without a sign of the device').fill('60');
    await page.getByText('Disabled after 60 days · none goes to the bin').waitFor();
    await inEveryLook(page, 'the rule for devices that stay away');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' });
    await page.goto('/devices');
    await page.getByRole('button', { name: 'Stale devices' }).click();
    await dialog.getByText('Disabled after 60 days · none goes to the bin').waitFor();
    await dialog.getByRole('link', { name: 'Change the rule' }).waitFor();
  },
};

await run(scenarios);
