// Scenarios of the own account, in a real Chromium against a real server.
// node me.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { readFileSync } from 'node:fs';
import { audit, expect, pick, presses, run, signIn, title } from './browser.mjs';
import { secretOn, stepNow, totp } from './totp.mjs';

/** A picture of one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64',
);

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label, exact: true }).or(page.getByRole('textbox', { name: label, exact: true })).first().click();
  const kept = page.waitForResponse((r) => r.url().endsWith('/account/preferences') && r.ok());
  await page.getByRole('option', { name: option, exact: true }).click();
  await kept;
}

const isDark = (page) => page.evaluate(() => document.documentElement.dataset.mantineColorScheme === 'dark');

const scenarios = {
  // What one likes is the same on another browser: times, colours, rows, language, picture.
  async preferences(browser) {
    const { page } = await browser.open();
    await signIn(page, 'mara', '/me');
    await title(page, 'Profile');
    await audit(page, 'profile');
    await choose(page, 'Clock', '24 hours');
    await pick(page, 'Time zone', 'Tokyo', 'Asia/Tokyo');
    await choose(page, 'Colours', 'Dark');
    await choose(page, 'Rows of lists', 'Compact');
    await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: pixel });
    await page.getByRole('button', { name: 'Account of mara' }).locator('img').waitFor();
    expect(await isDark(page), 'the colours follow at once');
    await audit(page, 'profile, dark');

    const other = await browser.open({ width: 390, height: 844 });
    await signIn(other.page, 'mara', '/me/sign-ins');
    await title(other.page, 'Sign-ins');
    await other.page.getByRole('button', { name: 'Account of mara' }).locator('img').waitFor();
    expect(await isDark(other.page), 'the other browser has the colours');
    const time = other.page.locator('main time').first();
    const [iso, shown] = [await time.getAttribute('datetime'), await time.getAttribute('title')];
    const format = new Intl.DateTimeFormat('en-u-hc-h23', {
      timeZone: 'Asia/Tokyo', timeZoneName: 'short',
      year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit',
    });
    expect(shown === format.format(new Date(iso)), `${iso} is ${format.format(new Date(iso))} in Tokyo, not ${shown}`);
    await other.page.goto('/me');
    await other.page.getByRole('button', { name: 'Remove it' }).waitFor();
    await audit(other.page, 'profile on a phone');

    // From the menu, too: what is chosen in passing is kept like the rest.
    await page.getByRole('button', { name: 'Account of mara' }).click();
    const kept = page.waitForResponse((r) => r.url().endsWith('/account/preferences') && r.ok());
    await page.getByRole('menuitem', { name: '中文' }).click();
    await kept;
    await title(page, '个人资料');
    await audit(page, 'profile in Chinese');
    const third = await browser.open();
    await signIn(third.page, 'mara', '/me');
    await title(third.page, '个人资料');
  },

  // Single letters: other ones, and none.
  async keys(browser) {
    const { page } = await browser.open();
    await signIn(page, 'mara', '/me');
    await title(page, 'Profile');
    await page.getByLabel('Devices', { exact: true }).fill('h');
    await page.getByText('Another one has this letter.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).last().isDisabled(), 'two pages on one letter are not saved');
    await page.getByLabel('Devices', { exact: true }).fill('m');
    await page.getByLabel('Search', { exact: true }).fill('f');
    await audit(page, 'letters');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.getByText('The letters are saved.').waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.type('gm');
    await title(page, 'Devices');
    const box = page.getByRole('searchbox').first();
    const isInBox = () => box.evaluate((element) => element === document.activeElement);
    await box.waitFor();
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('/');
    expect(!(await isInBox()), 'the usual letter does nothing any more');
    await page.keyboard.press('f');
    expect(await isInBox(), 'the chosen one searches');
    await page.keyboard.press('Escape');

    await page.goto('/me');
    const kept = page.waitForResponse((r) => r.url().endsWith('/account/preferences') && r.ok());
    await page.getByRole('switch', { name: 'Single keys do something' }).click();
    await kept;
    await page.goto('/devices');
    await title(page, 'Devices');
    await box.waitFor();
    await page.keyboard.press('f');
    expect(!(await isInBox()), 'single keys are off');
  },

  // T16: two-step sign-in in four presses; it goes only with a code of its own.
  async twoStep(browser) {
    const { page } = await browser.open();
    await signIn(page, 'mara');
    await title(page, 'Home');
    const counted = presses();
    await counted.press(page.getByRole('button', { name: 'Account of mara' }));
    await counted.press(page.getByRole('menuitem', { name: 'Password and second factors' }));
    await counted.press(page.getByRole('button', { name: 'Set up an authenticator' }));
    await page.getByLabel('Code that the app shows now').fill(totp(await secretOn(page), stepNow()));
    await counted.press(page.getByRole('button', { name: 'Turn on' }));
    const codes = page.getByRole('dialog', { name: 'Keep these recovery codes' });
    await codes.getByText('Each works once.').waitFor();
    expect(counted.count <= 4, `T16 takes ${counted.count} clicks`);
    const [recovery] = (await codes.innerText()).match(/^[a-z0-9]+(-[a-z0-9]+)+$/gim) ?? [];
    await codes.getByLabel('I have kept them in a safe place').check();
    await codes.getByRole('button', { name: 'Go on' }).click();
    await codes.waitFor({ state: 'hidden' });
    await audit(page, 'security');

    await page.getByRole('button', { name: 'Turn off', exact: true }).click();
    const ask = page.getByRole('dialog', { name: 'Turn the authenticator off?' });
    await ask.getByLabel('A code of the authenticator, or a recovery code').fill('000000');
    await audit(page, 'turning the authenticator off');
    await ask.getByRole('button', { name: 'Turn off' }).click();
    await ask.getByRole('alert').filter({ hasText: 'That is not the code' }).waitFor();
    await ask.getByLabel('A code of the authenticator, or a recovery code').fill(recovery);
    await ask.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Set up an authenticator' }).waitFor();

    // A browser that was trusted earlier.
    await page.getByText('Firefox').waitFor();
    await page.getByRole('button', { name: 'Ask again on Firefox' }).click();
    await page.getByText('There are none.').waitFor();
  },

  // A token of one's own, and what the server holds.
  async tokensAndData(browser) {
    const { page } = await browser.open();
    await signIn(page, 'mara', '/me/tokens');
    await title(page, 'API tokens');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const form = page.getByRole('dialog', { name: 'Make a token' });
    await form.getByLabel('Name', { exact: true }).fill('my book');
    await form.getByRole('combobox', { name: 'Address books' }).or(form.getByRole('textbox', { name: 'Address books' })).first().click();
    await page.getByRole('option', { name: 'Read', exact: true }).click();
    await audit(page, 'a token of my own');
    await form.getByRole('button', { name: 'Make a token' }).click();
    const made = page.getByRole('dialog', { name: 'Token my book' });
    await made.getByText('hwp_').first().waitFor();
    await made.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('Address books: read').waitFor();
    await audit(page, 'my tokens');
    await page.getByRole('button', { name: 'End the token my book' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('No API tokens').waitFor();

    await page.getByRole('tab', { name: 'My data' }).click();
    await title(page, 'My data');
    await page.getByRole('rowheader', { name: 'Sign-ins' }).waitFor();
    await audit(page, 'my data');
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download all of it' }).click();
    const download = await arriving;
    const data = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(download.suggestedFilename() === 'my-data.json', download.suggestedFilename());
    expect(data.account.rows[0].name === 'mara' && data.sign_ins.total > 0, 'the file tells of mara');

    const phone = await browser.open({ width: 390, height: 844, dark: true });
    for (const path of ['/me/data', '/me/tokens', '/me/security']) {
      await signedIn(phone.page, path);
      await phone.page.getByRole('tab', { selected: true }).waitFor();
      await audit(phone.page, `${path} on a phone`);
    }
  },
};

async function signedIn(page, path) {
  await page.goto(path);
  const form = page.getByLabel('Name or mail address');
  await form.or(page.getByRole('tab').first()).first().waitFor();
  if (await form.isVisible()) await signIn(page, 'mara', path);
}

await run(scenarios);
