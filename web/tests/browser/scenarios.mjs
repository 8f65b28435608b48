// The console's scenarios in a real Chromium against a real server. Each finds things as people do: by role and name.
// node scenarios.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { audit, expect, launch } from './browser.mjs';

const password = 'Tulip#42 of Mara';

async function signIn(page, name, to = '/') {
  await page.goto(to);
  await page.getByLabel('Name or mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

const scenarios = {
  // 1 and 2: the first run.
  async setup(browser, { code }) {
    const { page } = await browser.open();
    await page.goto('/');
    await page.getByLabel('Setup code').fill('AAAA-BBBB-CCCC-DDDD');
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await audit(page, 'setup, you');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('That is not the setup code of this server').waitFor();
    await page.getByLabel('Setup code').fill(code);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await title(page, 'How is this server reached?');
    await page.getByText('Reached', { exact: true }).nth(1).waitFor();
    await page.getByLabel('ID server', { exact: true }).fill('id.example.com');
    await audit(page, 'setup, address');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await title(page, 'Who may connect?');
    await audit(page, 'setup, access');
    await page.getByRole('button', { name: 'Save and go on' }).click();
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

    await page.reload();
    await page.getByRole('button', { name: 'Later' }).click();
    await title(page, 'Your first device');
    await audit(page, 'setup, first device');
    await page.getByRole('button', { name: 'Finish' }).click();
    await title(page, 'Home');
    await page.getByText('id.example.com', { exact: false }).first().waitFor();
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

  // 6: a passkey is added, and signs in with one press.
  async passkey(browser) {
    const { page, context } = await browser.open();
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
    await signIn(page, 'admin', '/me/security');
    await title(page, 'Password and second factors');
    await page.getByLabel('Name of the new one').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Remove Laptop' }).waitFor();
    await audit(page, 'security with a passkey');
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
    await form.getByLabel('Password', { exact: true }).fill('another Tulip 43');
    await context.clearCookies({ name: 'hawser_session' });
    await form.getByRole('button', { name: 'Save' }).click();
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
    await page.getByRole('button', { name: 'Add filter' }).click();
    await audit(page, 'filters');
    await page.getByRole('menuitem', { name: 'Disabled' }).click();
    await page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor();
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Name' }).and(page.locator('[aria-sort=ascending]')).waitFor();
    const rows = await page.getByRole('row').allInnerTexts();
    const copy = await context.newPage();
    await copy.goto(page.url());
    await copy.getByRole('row').nth(rows.length - 1).waitFor();
    expect((await copy.getByRole('row').allInnerTexts())[1] === rows[1], 'the copied address shows the same list');
    await copy.close();
    await page.goBack();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: /^pc-01/ }).first().click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('Beside the 打印机');
    await audit(page, 'edit a device');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Beside the 打印机').waitFor();
    await page.getByRole('button', { name: /^(Disable|Enable)$/ }).click();
    await audit(page, 'a device');
  },

  // 13 in part: many at once.
  async bulk(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices?status=1&size=25');
    await page.getByText(/^1–25 of /).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByRole('button', { name: 'Disable 25 devices' }).click();
    await page.getByText('25 done').waitFor();
    await page.goto('/audit/console');
    await page.getByRole('cell', { name: 'Disabled a device' }).first().waitFor();
    await audit(page, 'console operations');
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
    await second.page.getByRole('button', { name: 'Disable' }).click();
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
  },

  // 39 and 40 in part: every page, as everybody, in every look.
  async crawl(browser, { shots }) {
    const all = [
      '/', '/devices', '/devices/unknown', '/sessions', '/users', '/user-groups', '/device-groups',
      '/audit/connections', '/audit/files', '/audit/console', '/alarms', '/health', '/me', '/me/security',
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
