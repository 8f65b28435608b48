// People: work on many of them, in a real Chromium against a real server.
// node users.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { audit, expect, password, pick, presses, run, signIn, title } from './browser.mjs';

/** The selected row of a person, by its checkbox. */
const tick = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();

const said = (page, text) => page.getByText(text, { exact: true }).first().waitFor();

const more = async (page, item) => {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

await run({
  // Found by filters, changed together, taken back, tried again, deleted.
  async bulk(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/users');
    await page.getByText(/^1–31 of 31$/).waitFor();

    // The list is narrowed by what is known of people, and the address says by what.
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('menuitem', { name: /^Invited\s*1$/ }).click();
    await page.getByText(/^1–1 of 1$/).waitFor();
    expect(new URL(page.url()).searchParams.get('state') === 'invited', 'the filter is in the address');
    await page.goto('/users?group_name=Default&last_login=-');
    await page.getByText(/^1–30 of 30$/).waitFor();
    await page.getByRole('button', { name: 'Remove the filter Last sign-in: Never' }).waitFor();

    // Who has to wait after wrong passwords is locked, is found by that, and let in from there.
    for (let i = 0; i < 6; i++) await page.request.post('/api/login', { data: { username: 'p07', password: 'guess', id: '1', uuid: 'dQ==' } });
    await page.goto('/users');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('menuitem', { name: /^Locked\s*1$/ }).click();
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.getByRole('row').filter({ hasText: 'p07' }).getByText('Locked').waitFor();
    await page.getByRole('button', { name: 'Actions for p07' }).click();
    await page.getByRole('menuitem', { name: 'Unlock', exact: true }).click();
    await page.getByText('Nothing matches').waitFor();

    // More than a few are asked for, and one who can't be is named; the work is undone.
    await page.goto('/users');
    await page.getByText(/^1–31 of 31$/).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByRole('button', { name: 'Disable 31 users' }).click();
    const ask = page.getByRole('dialog', { name: 'Disable 31 users?' });
    await ask.getByText('Among them:').waitFor();
    await audit(page, 'many users are asked for');
    await ask.getByRole('button', { name: 'Disable 31 users' }).click();
    await said(page, "Disable users: 30 done, 1 not. admin: You can't disable your own account.");
    await page.getByRole('button', { name: 'Work in progress' }).click();
    const tray = page.getByRole('dialog', { name: 'Work in progress' });
    await tray.getByRole('button', { name: 'Retry failed' }).waitFor();
    await audit(page, 'the tray');
    await tray.getByRole('button', { name: 'Undo all' }).click();
    await said(page, 'Undo: 31 done');
    await page.keyboard.press('Escape');
    await page.goto('/users?state=active');
    await page.getByText(/^1–30 of 30$/).waitFor();

    // A few are moved at once, and undone.
    await tick(page, 'p01');
    await tick(page, 'p02');
    await page.getByRole('button', { name: 'Move to group' }).click();
    const choose = page.getByRole('dialog', { name: 'Move to group' });
    await pick(page, 'User group', 'Shops', 'Shops', choose);
    await audit(page, 'a group for many');
    await choose.getByRole('button', { name: 'Move 2 users' }).click();
    await said(page, 'Move users: 2 done');
    await page.goto('/users?group_name=Shops');
    await page.getByText(/^1–2 of 2$/).waitFor();
    await tick(page, 'p01');
    await more(page, 'Set control role');
    await page.getByRole('dialog', { name: 'Set control role' }).getByRole('combobox', { name: 'Control role' })
      .or(page.getByRole('dialog', { name: 'Set control role' }).getByRole('textbox', { name: 'Control role' })).first().click();
    await page.getByRole('option', { name: 'View only' }).click();
    await page.getByRole('button', { name: 'Give it to 1 user' }).click();
    await said(page, 'Give users a control role: 1 done');
    await page.goto('/users?control_role=View%20only');
    await page.getByText(/^1–1 of 1$/).waitFor();

    // Demanded, released by undoing it.
    await tick(page, 'p01');
    await more(page, 'Demand a second factor');
    await said(page, 'Demand a second factor: 1 done');
    await page.getByRole('row').getByText('Demanded, missing').waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('row').getByText('Demanded, missing').waitFor({ state: 'detached' });

    // Who is disabled goes to the bin, and comes back; who is in use stays.
    await page.goto('/users?q=p0');
    await page.getByText(/^1–9 of 9$/).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete (disable them first)' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Disable 9 users' }).click();
    await said(page, 'Disable users: 9 done');
    await page.goto('/users?state=disabled');
    await page.getByText(/^1–9 of 9$/).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await more(page, 'Delete 9 users');
    const dialog = page.getByRole('dialog', { name: 'Delete 9 users?' });
    await audit(page, 'what is lost is named');
    await dialog.getByRole('button', { name: 'Delete 9 users' }).click();
    await said(page, 'Delete users: 9 done');
    await page.goto('/users?q=p0');
    await page.getByText('Nothing matches').waitFor();

    // The last administrator stays, and the menu says why.
    await page.goto('/users?is_admin=1');
    await page.getByRole('button', { name: 'Actions for admin' }).click();
    expect(await page.getByRole('menuitem', { name: 'Disable (last administrator)' }).isDisabled(), 'nobody disables the last one');
    expect(await page.getByRole('menuitem', { name: 'Delete (last administrator)' }).isDisabled(), 'nobody deletes the last one');
    await page.keyboard.press('Escape');

    // On a phone the same work is there.
    const phone = await browser.open({ width: 390, height: 844 });
    await signIn(phone.page, 'admin', '/users?state=active');
    await phone.page.getByText('p10', { exact: true }).first().waitFor();
    await audit(phone.page, 'users on a phone');
  },

  // T10: somebody new with group and role in five presses; with a password for once, he chooses his own.
  async add(browser) {
    const { page } = await browser.open();
    const pressed = presses();
    const { press } = pressed;
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    await press(page.getByRole('link', { name: 'Users', exact: true }));
    await title(page, 'Users');
    await press(page.getByRole('button', { name: 'Add user' }));
    const form = page.getByRole('dialog', { name: 'Add user' });
    await form.getByText('Will reach 3 devices.').waitFor();
    await form.getByLabel('Name', { exact: true }).fill('nils');
    await audit(page, 'somebody new');
    for (const [label, text] of [['User group', 'Shops'], ['Control role', 'View only']]) {
      await form.getByRole('combobox', { name: label, exact: true }).or(form.getByRole('textbox', { name: label, exact: true })).first().fill(text);
      await press(page.getByRole('option', { name: text, exact: true }));
    }

    await form.getByText('Will reach no devices.').waitFor();
    await press(form.getByRole('button', { name: 'Add user' }));
    expect(pressed.count <= 5, `T10 takes five presses at most, not ${pressed.count}`);
    const made = page.getByRole('dialog', { name: 'nils is added' });
    const once = /(\w{4}-){3}\w{4}/.exec(await made.innerText())?.[0];
    expect(once !== undefined, 'the password is shown');
    await audit(page, 'a password for once');
    await made.getByRole('button', { name: 'I have passed it on' }).click();
    await page.getByRole('row', { name: /nils/ }).getByText('Invited').waitFor();

    const other = await browser.open({ width: 390, height: 844 });
    await other.page.goto('/sign-in');
    await other.page.getByLabel('Name or mail address').fill('nils');
    await other.page.getByLabel('Password', { exact: true }).fill(once);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('heading', { name: 'Choose your password' }).waitFor();
    await other.page.locator('input[name=password]').fill(password);
    await other.page.locator('input[name=again]').fill(password);
    await other.page.getByRole('button', { name: 'Save' }).click();
    await other.page.getByRole('heading', { name: 'Your account is ready' }).waitFor();
    await signIn(other.page, 'nils', '/me/notifications');
    await title(other.page, 'Notifications');
    await other.page.getByText('This server sends no mails yet.').waitFor();
    expect(await other.page.getByRole('switch').isDisabled(), 'no switch that does nothing');
    await audit(other.page, 'notifications');
  },
});
