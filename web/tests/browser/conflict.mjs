// Two people who edit the same thing, in two browsers. node conflict.mjs NAME BASE; ends with 0, or says what was expected.
import { audit, expect, run, signIn, title } from './browser.mjs';
import { setOption, under } from './desk.mjs';

/** What the server has now. */
const read = (page, path) => page.evaluate(async (p) =>
  (await fetch(p, { headers: { 'X-Hawser-Console': '1' } })).json(), path);

const saved = (page, path) => page.waitForResponse((r) => r.request().method() === 'PATCH' && r.url().includes(path) && r.ok());

const scenarios = {
  // One of the fields is changed by both: each is asked for; the other fields of both hold.
  async user(browser, { guid }) {
    const first = await browser.open();
    const second = await browser.open();
    for (const { page } of [first, second]) {
      await signIn(page, 'admin', `/users/${guid}`);
      await page.getByRole('button', { name: 'Edit user', exact: true }).click();
      await page.getByRole('dialog', { name: 'Edit user' }).getByLabel('Note', { exact: true }).waitFor();
    }
    const form = (page) => page.getByRole('dialog', { name: 'Edit user' });
    await form(second.page).getByLabel('Note', { exact: true }).fill('from the second');
    await form(second.page).getByLabel('Display name').fill('Nils Two');
    await form(first.page).getByLabel('Note', { exact: true }).fill('from the first');
    await form(first.page).getByLabel('Mail address').fill('nils@example.net');
    const done = saved(first.page, `/api/users/${guid}`);
    await form(first.page).getByRole('button', { name: 'Save', exact: true }).click();
    await done;

    await form(second.page).getByRole('button', { name: 'Save', exact: true }).click();
    const ask = second.page.getByRole('dialog', { name: 'Somebody else changed this, too' });
    await ask.getByRole('radio', { name: 'Yours: from the second' }).waitFor();
    expect((await ask.getByRole('radio').count()) === 2, 'only what both changed is asked for');
    expect((await read(second.page, `/api/users/${guid}`)).note === 'from the first', 'nothing was saved over it');
    await audit(second.page, 'a conflict');
    await ask.getByRole('radio', { name: 'Saved meanwhile: from the first' }).check();
    await ask.getByRole('button', { name: 'Save what is chosen' }).click();
    await ask.waitFor({ state: 'hidden' });
    await form(second.page).waitFor({ state: 'hidden' });
    const user = await read(second.page, `/api/users/${guid}`);
    expect(
      user.note === 'from the first' && user.display_name === 'Nils Two' && user.email === 'nils@example.net',
      `what each changed alone holds, and what was chosen, not ${JSON.stringify(user)}`,
    );
  },

  // The options of a strategy: what both set is asked for, what each set alone holds.
  async strategy(browser) {
    const first = await browser.open();
    const second = await browser.open();
    await signIn(first.page, 'admin');
    await title(first.page, 'Home');
    const guid = await under(first.page, 'Tills', { 'enable-tunnel': 'N' }, []);
    await first.page.goto(`/strategies/${guid}`);
    await signIn(second.page, 'admin', `/strategies/${guid}`);
    const put = (page, key, label, word) => setOption(page, key, label, (field) => field.getByText(word, { exact: true }).click());
    await put(second.page, 'enable-audio', 'Sound', 'On');
    await put(second.page, 'enable-clipboard', 'Clipboard', 'Off');
    await put(first.page, 'enable-audio', 'Sound', 'Off');
    await put(first.page, 'enable-camera', 'Camera', 'Off');
    const store = async (page) => {
      await page.getByRole('button', { name: 'Review and save' }).click();
      await page.getByRole('dialog', { name: 'What changes' }).getByRole('button', { name: 'Save 2 changes' }).click();
    };
    const done = saved(first.page, `/api/strategies/${guid}`);
    await store(first.page);
    await done;
    await store(second.page);
    const ask = second.page.getByRole('dialog', { name: 'Somebody else changed this, too' });
    await ask.getByRole('radio', { name: 'Saved meanwhile: Off' }).waitFor();
    expect((await ask.getByRole('radio').count()) === 2, 'only what both set is asked for');
    await audit(second.page, 'a conflict of options');
    await ask.getByRole('button', { name: 'Save what is chosen' }).click();
    await ask.waitFor({ state: 'hidden' });
    const { config_options: now } = await read(second.page, `/api/strategies/${guid}`);
    expect(
      JSON.stringify(now) === '{"enable-audio":"Y","enable-camera":"N","enable-clipboard":"N","enable-tunnel":"N"}',
      `what each set alone and what was chosen, not ${JSON.stringify(now)}`,
    );
  },

  // A page of the settings that is open in both; the second keeps the own value.
  async setting(browser) {
    const first = await browser.open();
    const second = await browser.open({ width: 390, height: 844 });
    for (const { page } of [first, second]) {
      await signIn(page, 'admin', '/settings/sign-in');
      await page.getByLabel('Name in authenticators').waitFor();
    }
    await second.page.getByLabel('Name in authenticators').fill('Second');
    await first.page.getByLabel('Name in authenticators').fill('First');
    const done = saved(first.page, '/api/settings/accounts');
    await first.page.getByRole('button', { name: 'Save', exact: true }).click();
    await done;
    await second.page.getByRole('button', { name: 'Save', exact: true }).click();
    const ask = second.page.getByRole('dialog', { name: 'Somebody else changed this, too' });
    await ask.getByRole('radio', { name: 'Saved meanwhile: First' }).waitFor();
    await audit(second.page, 'a conflict on a phone');
    const over = saved(second.page, '/api/settings/accounts');
    await ask.getByRole('button', { name: 'Save what is chosen' }).click();
    await over;
    await ask.waitFor({ state: 'hidden' });
    expect((await read(second.page, '/api/settings/accounts')).issuer === 'Second', 'the own value was chosen');
  },
};

await run(scenarios);
