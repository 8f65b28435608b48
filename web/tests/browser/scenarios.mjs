// The console's scenarios in a real Chromium against a real server. Each finds things as people do: by role and name.
// node scenarios.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { audit, devTools, expect, launch, pick, pressWhileItMoves, shoot } from './browser.mjs';
import { importing } from './importing.mjs';

const password = 'Tulip#42 of Mara';

async function signIn(page, name, to = '/') {
  await page.goto(to);
  await page.getByLabel('Name or mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Calls the API as the page does; for what a scenario needs to be there and is not about. */
const api = (page, method, path, body) => page.evaluate(async ([m, p, b]) => {
  const headers = { 'Content-Type': 'application/json', 'X-Hawser-Console': '1' };
  const me = await (await fetch('/api/console/me', { headers })).json();
  const answer = await fetch(p, { method: m, headers: { ...headers, 'X-Hawser-Proof': me.proof }, body: JSON.stringify(b) });
  const text = await answer.text();
  if (!answer.ok || text.startsWith('{"error"')) throw new Error(`${m} ${p}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}, [method, path, body]);

// The fleet's IDs, as the test makes them.
const deviceId = (number) => String(100_000_000 + number * 7919);
const grouped = (id) => id.replace(/(\d{3})(?=\d)/g, '$1 ');

const scenarios = {
  // 1 and 2: the first run.
  async setup(browser, { code }) {
    const { page } = await browser.open();
    await page.goto('/');
    await page.getByLabel('Setup code').fill('AAAA-BBBB-CCCC-DDDD');
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByText('Good.', { exact: true }).waitFor();
    await audit(page, 'setup, you');
    await shoot(page, 'wizard-you');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('That is not the setup code of this server').waitFor();
    await page.getByLabel('Setup code').fill(code);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await title(page, 'How is this server reached?');
    await page.getByText('Reached', { exact: true }).nth(2).waitFor();
    await page.getByText('This browser reached the server straight').waitFor();
    await page.getByLabel('Address of the API').fill('https://heartbeat.example.com');
    await page.getByText('Stock clients treat addresses with this word').waitFor();
    await page.getByLabel('Address of the API').fill('');
    // Two names for one machine, the second one spelt wrong on purpose.
    await page.getByLabel('ID server', { exact: true }).fill('no-such-name.invalid');
    await page.getByRole('button', { name: 'Store and test from the server' }).click();
    await page.getByText('The name does not resolve.').waitFor();
    await page.getByRole('heading', { name: 'By its public name (no-such-name.invalid)' }).waitFor();
    await page.getByRole('heading', { name: /^At its own place/ }).waitFor();
    await page.getByLabel('ID server', { exact: true }).fill('id.example.com');
    await page.getByRole('checkbox', { name: 'I am behind a reverse proxy' }).check();
    const proxies = page.getByRole('combobox', { name: 'Addresses of the proxy' }).or(page.getByRole('textbox', { name: 'Addresses of the proxy' })).first();
    await proxies.fill('everybody');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: 'Automatic, with certbot' }).check();
    await page.getByText('certbot certonly --webroot').waitFor();
    await audit(page, 'setup, address');
    await shoot(page, 'wizard-address', { isFull: true });
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByText('"everybody" is neither an address nor a network').waitFor();
    await proxies.press('Backspace');
    await proxies.fill('172.18.0.0/16');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await title(page, 'Who may connect?');
    await audit(page, 'setup, access');
    expect(await page.getByRole('radio', { name: 'Administrators' }).isChecked(), 'the safer one comes first');
    await shoot(page, 'wizard-access', { isFull: true });
    await page.getByRole('radio', { name: 'Nobody must have one' }).check();
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await title(page, 'Relay');
    await page.getByText('Running', { exact: true }).waitFor();
    await page.getByLabel('Address', { exact: true }).fill('127.0.0.1:9');
    await page.getByRole('button', { name: 'Add relay' }).click();
    await page.getByRole('button', { name: 'Try 127.0.0.1:9' }).click();
    await page.getByText('127.0.0.1:9 can not be reached').waitFor();
    await audit(page, 'setup, relay');
    await page.getByText('Does not work', { exact: true }).waitFor();
    await shoot(page, 'wizard-relay');
    await page.getByRole('button', { name: 'Remove 127.0.0.1:9' }).click();
    await page.getByRole('button', { name: 'Try 127.0.0.1:9' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Skip' }).click();
    await title(page, 'Mail');
    await audit(page, 'setup, mail');

    const other = await browser.open({ width: 390, height: 844, dark: true });
    await signIn(other.page, 'admin', '/setup');
    await title(other.page, 'Mail');
    await other.page.getByRole('button', { name: 'Address' }).click();
    expect(
      (await other.page.getByLabel('ID server', { exact: true }).inputValue()) === 'id.example.com',
      'the other browser has what the first one entered',
    );
    await other.page.getByText('172.18.0.0/16', { exact: true }).waitFor();
    await audit(other.page, 'setup, address on a phone');
    await shoot(other.page, 'wizard-address-phone', { isFull: true });

    await page.reload();
    await page.getByRole('button', { name: 'Later' }).click();
    await importing(page);
    await page.getByRole('button', { name: 'Go on', exact: true }).click();
    await title(page, 'Your first device');
    await audit(page, 'setup, first device');
    await page.getByRole('button', { name: 'Finish' }).click();
    await title(page, 'Home');
    await page.getByText('id.example.com', { exact: false }).first().waitFor();
    // What was passed over is named, and leads to where it can be done.
    await page.getByRole('link', { name: 'Mail', exact: true }).waitFor();
    await shoot(page, 'home-todo');
    await page.getByRole('main').getByRole('link', { name: 'Relay', exact: true }).click();
    await title(page, 'Relays');
    const gone = await page.goto('/setup');
    expect(gone.status() === 404, '/setup is 404 afterwards');
  },

  // 4: a wrong password, then the right one, then where one was going.
  async deepLink(browser) {
    const { page } = await browser.open();
    await page.goto('/devices?q=pc-1&status=1&sort=-device_name');
    await title(page, 'Sign in');
    await audit(page, 'sign in');
    await page.getByLabel('Name or mail address').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Name or password is not right.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await title(page, 'Devices');
    const address = new URL(page.url());
    expect(address.search === '?q=pc-1&status=1&sort=-device_name', `the filters are back, not ${address.search}`);
    await page.getByRole('button', { name: 'Remove the filter State: Enabled' }).waitFor();
    const elsewhere = await browser.open();
    await signIn(elsewhere.page, 'admin', '/sign-in?to=//elsewhere.example/');
    await title(elsewhere.page, 'Home');
  },

  // 6 and T20: a passkey is added, and signs in with one press.
  async passkey(browser) {
    const { page } = await browser.open();
    const cdp = await devTools(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
    // Or this authenticator takes the offer in the name's field at once, and the button is gone before it is pressed.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    await signIn(page, 'admin', '/me/security');
    await title(page, 'Password and second factors');
    await page.getByLabel('Name of the new one').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Remove Laptop' }).waitFor();
    await audit(page, 'security with a passkey');
    await page.getByRole('button', { name: 'Rename Laptop' }).click();
    await page.getByLabel('Its name').fill('工作笔记本');
    await audit(page, 'a passkey that gets another name');
    // Where a fresh proof is asked for, the passkey is one.
    let isAsked = false;
    await page.route('**/api/console/account/passkeys/*', (route) => {
      if (isAsked) return route.continue();
      isAsked = true;
      return route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"code":"step_up","detail":"x"}' });
    });
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await proof.getByLabel('Password', { exact: true }).waitFor();
    await audit(page, 'a proof by passkey or password');
    await proof.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('button', { name: 'Remove 工作笔记本' }).waitFor();
    await page.getByRole('button', { name: 'Account of admin' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await title(page, 'Home');
  },

  // 9: signed out elsewhere while a form is half filled.
  async revoked(browser) {
    const { page, context } = await browser.open();
    await signIn(page, 'admin', '/users');
    await title(page, 'Users');
    await page.getByRole('button', { name: 'Add user' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('nils');
    await form.getByRole('radio', { name: 'With a password that you tell them' }).check();
    await form.getByLabel('Password', { exact: true }).fill('another Tulip 43');
    await context.clearCookies({ name: 'hawser_session' });
    await form.getByRole('button', { name: 'Add user' }).click();
    const ask = page.getByRole('dialog', { name: 'You are signed out' });
    await ask.getByLabel('Name or mail address').fill('admin');
    await ask.getByLabel('Password', { exact: true }).fill(password);
    await audit(page, 'signed out over a form');
    await ask.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Actions for nils' }).waitFor();
  },

  // 11: the address is the state of a list.
  async devices(browser) {
    const { page, context } = await browser.open();
    await signIn(page, 'admin', '/devices');
    await title(page, 'Devices');
    await page.getByText(/^1–50 of 1,240$/).waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText(/^51–100 of 1,240$/).waitFor();
    await page.getByRole('searchbox').fill('pc-01');
    await page.getByText(/ of 2\d\d$/).waitFor();
    await page.waitForFunction(() => {
      const marked = [...(CSS.highlights.get('search') ?? [])].map(String);
      return marked.length > 0 && marked.every((text) => text === 'pc-01');
    });
    await page.getByRole('button', { name: 'Add filter' }).click();
    await audit(page, 'filters');
    await page.getByRole('menuitem', { name: 'Disabled' }).click();
    await page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor();
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Name' }).and(page.locator('[aria-sort=ascending]')).waitFor();
    // The rows of before stay until the new ones are there.
    await page.getByText(/^1–(2\d) of \1$/).waitFor();
    await page.getByRole('row').nth(1).getByText('pc-01002').waitFor();
    // Names only: how long ago something was goes on.
    const names = async (from) => (await from.getByRole('row').allInnerTexts()).map((row) => /pc-\d+/.exec(row)?.[0]).join();
    const rows = await page.getByRole('row').count();
    const copy = await context.newPage();
    await copy.goto(page.url());
    await copy.getByRole('row').nth(rows - 1).waitFor();
    expect((await names(copy)) === (await names(page)), 'the copied address shows the same list');
    await copy.close();
    await page.goBack();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: /^pc-01/ }).first().click();
    // The rows of the list stay until the page is there, and have menus of their own.
    await page.getByRole('heading', { level: 1, name: /^pc-01\d+$/ }).waitFor();
    const more = async (item) => {
      await page.getByRole('button', { name: /^Actions for pc-01/ }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await more('Edit');
    await page.getByRole('dialog').getByLabel('Note').fill('Beside the 打印机');
    await audit(page, 'edit a device');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').filter({ hasText: 'Beside the 打印机' }).waitFor();
    await more(/^(Disable|Enable)$/);
    await audit(page, 'a device');

    // Kept at hand: on Home first, and as a filter of the list.
    await page.getByRole('button', { name: /^Add pc-01\d+ to the favourites$/ }).click();
    await page.getByRole('button', { name: /^Take pc-01\d+ from the favourites$/ }).waitFor();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Favourites' }).waitFor();
    await page.getByRole('button', { name: /^Take pc-01\d+ from the favourites$/ }).waitFor();
    await page.getByText('Devices online').waitFor();
    await audit(page, 'Home with a favourite');
    await shoot(page, 'home-favourites', { isFull: true });
    await page.goto('/devices?favourite=1');
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.getByRole('button', { name: /^Actions for pc-01/ }).click();
    await page.getByRole('menuitem', { name: 'Keep at hand no more' }).click();
    await page.getByText('Nothing matches').waitFor();
  },

  // 12 in part: what changes shows by itself. The device is a row that another session disables.
  async live(browser) {
    const first = await browser.open();
    await signIn(first.page, 'admin', '/devices?q=pc-00007');
    const row = first.page.getByRole('row').nth(1);
    await row.getByText('Offline').waitFor();
    const second = await browser.open();
    await signIn(second.page, 'admin', '/devices?q=pc-00007');
    await second.page.getByRole('link', { name: /^pc-00007/ }).click();
    await title(second.page, 'pc-00007');
    await second.page.getByRole('button', { name: 'Actions for pc-00007' }).click();
    await second.page.getByRole('menuitem', { name: 'Disable' }).click();
    await row.getByText('Disabled').waitFor();
  },

  // 16 in part: the palette.
  async palette(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Search or run a command' }).fill('dark');
    await audit(page, 'palette');
    await page.keyboard.press('Enter');
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await title(page, 'Devices');

    const box = page.getByRole('textbox', { name: 'Search or run a command' });
    const dialog = page.getByRole('dialog', { name: 'Search or run a command' });

    // Down to a single option of the server's start.
    await page.keyboard.press('Control+k');
    await box.fill(':relay.totalband');
    await dialog.getByText('relay.totalBandwidth').click();
    await title(page, 'Options of the server');
    await page.getByText('HAWSER_RELAY_TOTAL_BANDWIDTH').or(page.getByText('1 option')).first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await title(page, 'Devices');

    // T2: a device by its digits and Ctrl Enter; the last ones come first, on another browser too.
    await page.keyboard.press('Control+k');
    await box.fill('100 007 919');
    await dialog.getByText('pc-00001').waitFor();
    const opened = page.waitForEvent('popup');
    const kept = page.waitForResponse((r) => r.url().endsWith('/account/preferences') && r.ok());
    await page.keyboard.press('Control+Enter');
    const popup = await opened;
    await popup.waitForURL('**/remote/100007919');
    await kept;
    await popup.close();
    await page.bringToFront();
    await page.keyboard.press('Control+k');
    await dialog.getByRole('button').first().filter({ hasText: 'pc-00001' }).waitFor();
    await box.fill('pc 00001');
    await dialog.getByText('pc-00001').waitFor();
    await page.keyboard.press('Tab');
    await dialog.getByText('Copy the ID').waitFor();
    await audit(page, 'what can be done with a device');
    await page.keyboard.press('Backspace');
    await dialog.getByText('Copy the ID').waitFor({ state: 'detached' });
    await dialog.getByText('pc-00001').waitFor();
    // Letters may be left out.
    await box.fill('>kybrd');
    await page.keyboard.press('Enter');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.getByText('In the search: connect to the device').waitFor();
    await audit(page, 'the keys');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.goto('/');
    await title(page, 'Home');
    await page.keyboard.press('?');
    await help.waitFor();
  },

  // 23 and 24: who reaches what, why, and what would change.
  async access(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/access');
    await title(page, 'Access rules');
    await page.getByText('No rules yet').waitFor();
    await audit(page, 'no rules');
    const policy = async (choice) => {
      await page.goto('/access');
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      const form = page.getByRole('dialog', { name: 'Base policy' });
      await form.getByRole('radio', { name: choice }).check();
      await form.getByText(/pairs? of a person and a device gain/i).waitFor();
      await audit(page, 'the base policy');
      await form.getByRole('button', { name: 'Save' }).click();
      await form.waitFor({ state: 'hidden' });
    };
    const verdict = async (user, number, words, why) => {
      await page.goto(`/access/explore?user=${user}&device=${deviceId(number)}`);
      await page.getByRole('heading', { name: `${user} ${words} ${grouped(deviceId(number))}` }).waitFor();
      await page.getByText(why).first().waitFor();
    };
    await policy('Nobody');
    await verdict('mara', 0, 'cannot reach', 'No rule opens it');
    await page.goto('/access');
    await page.getByRole('button', { name: 'Add rule' }).click();
    const form = page.getByRole('dialog', { name: 'Add rule' });
    await form.getByLabel('Name', { exact: true }).fill('Mara at the 前台');
    await form.getByRole('combobox', { name: 'Who' }).or(form.getByRole('textbox', { name: 'Who' })).first().click();
    await page.getByRole('option', { name: 'A user', exact: true }).click();
    await pick(page, 'User', 'mara', 'mara', form);
    await form.getByRole('combobox', { name: 'Reaches' }).or(form.getByRole('textbox', { name: 'Reaches' })).first().click();
    await page.getByRole('option', { name: 'A device', exact: true }).click();
    await pick(page, 'Device', deviceId(0), grouped(deviceId(0)), form);
    await form.getByText('1 pair of a person and a device gains access').waitFor();
    await audit(page, 'a new rule');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Mara at the 前台', exact: true }).waitFor();
    await audit(page, 'rules');
    await verdict('mara', 0, 'can reach', 'A rule opens it.');
    await audit(page, 'explorer, a pair');
    await verdict('mara', 2, 'cannot reach', 'An administrator disabled the device');
    await policy('Owners and their group');
    await verdict('mara', 1, 'can reach', 'belongs to nobody');
    await verdict('mara', 3, 'can reach', "this person's own device");

    // The number before saving is the number after it.
    await api(page, 'POST', '/api/user-groups', { name: 'Field engineers', note: '' });
    const reach = async () => {
      await page.goto('/access/explore?user=admin');
      return Number((await page.getByRole('heading', { name: /^admin reaches [1-9]/ }).innerText()).replace(/\D/g, ''));
    };
    const before = await reach();
    await pick(page, 'admin were in the group', 'Field engineers');
    await page.getByText('13 lose it').waitFor();
    await audit(page, 'explorer, one person');
    const { data } = await page.evaluate(async () => (await fetch('/api/users?name=admin')).json());
    await api(page, 'PATCH', `/api/users/${data[0].guid}`, { group_name: 'Field engineers' });
    const after = await reach();
    expect(before - after === 13, `13 devices are lost, not ${before} - ${after}`);

    // Taking a rule away can be taken back.
    await page.goto('/access');
    await page.getByRole('button', { name: 'Actions for Mara at the 前台' }).click();
    await audit(page, 'the menu of a rule');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No rules yet').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Mara at the 前台', exact: true }).waitFor();
  },

  // 19, 20 and 22 in part: a strategy is made, given, explained on a device, and switched off.
  async strategies(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/strategies');
    await page.getByText('No strategies yet').waitFor();
    await audit(page, 'no strategies');
    await page.getByRole('button', { name: 'Add strategy' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('收银机 without files');
    await page.getByRole('button', { name: 'Make and edit' }).click();
    await title(page, '收银机 without files');
    await page.getByText('In effect on no device').waitFor();
    await audit(page, 'the editor');
    await page.getByRole('searchbox').fill('file transfer');
    const field = page.getByRole('radiogroup', { name: 'File transfer' });
    await field.getByText('Off', { exact: true }).click();
    await page.getByText('1 change', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('allowed addresses');
    await page.getByRole('textbox', { name: 'Allowed addresses' }).fill('10.0.0.0/8');
    await page.getByText(/Your own address, (127\.0\.0\.1|::1), is not on this list/).first().waitFor();
    await audit(page, 'a list that shuts out');
    await page.getByRole('button', { name: 'Review and save' }).click();
    const review = page.getByRole('dialog', { name: 'What changes' });
    expect(await review.getByRole('button', { name: 'Save 2 changes' }).isDisabled(), 'shutting oneself out asks first');
    await review.getByRole('checkbox', { name: 'I know, do it' }).check();
    await audit(page, 'the review');
    await review.getByRole('button', { name: 'Save 2 changes' }).click();
    await review.waitFor({ state: 'hidden' });

    await api(page, 'POST', '/api/device-groups', { name: 'Tills', note: '' });
    const device = (await page.evaluate(async (id) => (await fetch(`/api/devices?id=${id}`)).json(), deviceId(5))).data[0];
    await api(page, 'POST', `/api/devices/${device.guid}/assign`, { type: 'device_group_name', value: 'Tills' });
    await page.getByRole('tab', { name: 'Given to' }).click();
    await page.getByText('Given to no device group.').waitFor();
    await audit(page, 'whom a strategy is given to');
    await pick(page, 'Give it to a device group', 'Tills');
    const ask = page.getByRole('dialog', { name: 'Give 收银机 without files to Tills?' });
    await ask.getByText('on 1 afterwards: 1 more, 0 fewer').waitFor();
    await ask.getByRole('button', { name: 'Give', exact: true }).click();
    await page.getByRole('button', { name: 'Take it from Tills' }).waitFor();
    const alert = page.getByRole('alert').filter({ hasText: 'Given to Tills.' });
    await alert.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Tills is as it was before.').waitFor();
    await page.getByText('Given to no device group.').waitFor();
    const usual = await api(page, 'POST', '/api/strategies', { name: 'Usual', config_options: {} });
    const tills = (await api(page, 'GET', '/api/device-groups?name=Tills&current=1&pageSize=10')).data[0].guid;
    const give = (guid) => api(page, 'POST', '/api/strategies/assign', { strategy: guid, peers: [], users: [], groups: [tills] });
    await give(usual.guid);
    await pick(page, 'Give it to a device group', 'Tills');
    await ask.getByText('It has Usual now, which gives way.').waitFor();
    await ask.getByRole('button', { name: 'Give', exact: true }).click();
    await page.getByRole('button', { name: 'Take it from Tills' }).waitFor();
    await alert.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Given to no device group.').waitFor();
    const after = await api(page, 'GET', `/api/strategies/${usual.guid}/targets`);
    expect(after.device_groups.length === 1, 'the group has what it had before');
    await api(page, 'DELETE', `/api/strategies/${usual.guid}`);
    await pick(page, 'Give it to a device group', 'Tills');
    await ask.getByRole('button', { name: 'Give', exact: true }).click();
    await page.getByRole('button', { name: 'Take it from Tills' }).waitFor();

    const policy = async () => {
      await page.goto(`/devices/${deviceId(5)}`);
      await page.getByRole('tab', { name: 'Policy' }).click();
    };
    await policy();
    await page.getByText('Applies', { exact: true }).waitFor();
    await page.getByText('enable-file-transfer').waitFor();
    await audit(page, 'the policy of a device');
    const own = await api(page, 'POST', '/api/strategies', { name: 'Its own', config_options: { 'enable-camera': 'N' } });
    await api(page, 'POST', '/api/strategies/assign', { strategy: own.guid, peers: [device.guid], users: [], groups: [] });
    await policy();
    await page.getByText('Shadowed by Its own').waitFor();
    await page.goto('/strategies');
    await page.getByText('1 device:').first().waitFor();
    await audit(page, 'strategies and how far they have come');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('dialog').getByText('enable-camera').waitFor();
    await audit(page, 'two strategies side by side');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Actions for Its own' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByText('1 device gets no strategy at all').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Its own is disabled').waitFor();
    await policy();
    await page.getByText('No strategy applies').waitFor();
  },

  // 25 in part: a role is made and given.
  async roles(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/roles/control');
    await title(page, 'Control roles');
    await page.getByRole('button', { name: 'Add role' }).click();
    const form = page.getByRole('dialog', { name: 'Add role' });
    await form.getByLabel('Name', { exact: true }).fill('Look, 不动');
    await form.getByRole('radiogroup', { name: 'Clipboard' }).getByText('Denied').click();
    await form.getByRole('radiogroup', { name: 'File transfer' }).getByText('Denied').click();
    await audit(page, 'a new role');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('columnheader', { name: /Look, 不动/ }).waitFor();
    await page.getByRole('button', { name: 'Actions for Look, 不动' }).click();
    await pressWhileItMoves(page, page.getByRole('menuitem', { name: 'Give to people' }));
    const give = page.getByRole('dialog');
    await give.waitFor();
    // The keyboard goes on where it was before the dialog, though the item that opened it is gone.
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Actions for Look, 不动');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Give to people' }).click();
    await pick(page, 'Add a person', 'mara', 'mara', give);
    await give.getByRole('button', { name: 'Give to 1 person' }).click();
    await page.getByRole('columnheader', { name: /Look, 不动.*1 person/ }).waitFor();
    expect((await page.getByText('Denied', { exact: true }).count()) === 2, 'two permissions are denied');
    await audit(page, 'control roles');
  },

  // 39 and 40 in part: every page, as everybody, in every look.
  async crawl(browser, { shots }) {
    const all = [
      '/', '/devices', '/devices/unknown', '/sessions', '/users', '/user-groups', '/device-groups',
      '/access', '/access/explore', '/roles/control', '/strategies', `/devices/${deviceId(5)}`,
      `/devices/${deviceId(5)}/policy`, '/audit/connections', '/audit/files', '/audit/console', '/alarms', '/health', '/me', '/me/security',
      '/me/sign-ins', '/nothing-here',
    ];
    const looks = [
      { name: 'admin', look: 'desk' }, { name: 'admin', look: 'desk-dark', dark: true },
      { name: 'admin', look: 'tablet', width: 768, height: 1024 },
      { name: 'admin', look: 'phone-zh-dark', width: 390, height: 844, dark: true, language: 'zh-CN' },
      { name: 'mara', look: 'user-phone', width: 390, height: 844 },
    ];
    for (const { name, look, ...options } of looks) {
      const { page, context } = await browser.open({ ...options, language: 'en' });
      await signIn(page, name);
      await title(page, 'Home');
      if (options.language === 'zh-CN') await page.evaluate(() => localStorage.setItem('hawser-language', 'zh-CN'));
      for (const path of all) {
        await page.goto(path);
        await page.locator('h1, #content p').first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await audit(page, `${path} (${look})`);
        if (options.language === 'zh-CN') {
          const words = await page.locator('main').innerText();
          expect(/\p{Script=Han}/u.test(words), `${path} is in Chinese`);
        }
        if (shots) await page.screenshot({ path: `${shots}/${look}${path.replaceAll('/', '_')}.png` });
      }
      await context.close();
    }
  },

  // What a person without rights sees of pages that are not for her.
  async forbidden(browser) {
    const { page } = await browser.open();
    await signIn(page, 'mara', '/users');
    await page.getByText('You do not have access to this page').waitFor();
    await page.getByText('users.view').waitFor();
    expect((await page.getByRole('link', { name: 'Users' }).count()) === 0, 'the page is not in the navigation');
    await page.goto('/devices');
    await title(page, 'Devices');
    expect((await page.getByRole('checkbox').count()) === 0, 'nothing can be selected');
  },
};

const [name, base, json = '{}'] = process.argv.slice(2);
const browser = await launch(base);
try {
  await scenarios[name](browser, JSON.parse(json));
  if (browser.faults.length > 0) throw new Error(browser.faults.join('\n'));
} catch (error) {
  console.error(`${name}: ${error.stack ?? error}\n${browser.faults.join('\n')}\n${await browser.words()}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
