// Scenarios of signing in, of what staff and users see, and of keeping the server, in a real Chromium against a real
// server. node pages.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { existsSync, readFileSync } from 'node:fs';
import { audit, expect, patience, pick, run, shoot, signIn, title } from './browser.mjs';
import { looks } from './looks.mjs';
import { freshCode, secretOn, stepNow, totp } from './totp.mjs';

async function enterDigits(page, code) {
  await page.getByRole('textbox', { name: 'Digit 1' }).click();
  await page.keyboard.type(code);
}

async function signOut(page, name) {
  await page.getByRole('button', { name: `Account of ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await title(page, 'Sign in');
}

/** The mailed code, as the test puts it there. */
async function mailed(page, path) {
  const until = Date.now() + patience;
  while (!existsSync(path) && Date.now() < until) await page.waitForTimeout(200);
  return readFileSync(path, 'utf8').trim();
}

async function atIssuer(page, name) {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const scenarios = {
  // 5: an authenticator, its recovery codes, a mailed code.
  async factors(browser, { mail }) {
    const { page } = await browser.open();
    const used = { step: 0 };
    await signIn(page, 'admin', '/me/security');
    await title(page, 'Password and second factors');
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    const secret = await secretOn(page);
    await audit(page, 'a new authenticator');
    await page.getByLabel('Code that the app shows now').fill(await freshCode(page, secret, used));
    await page.getByRole('button', { name: 'Turn on' }).click();
    const codes = page.getByRole('dialog', { name: 'Keep these recovery codes' });
    await codes.getByText('Each works once.').waitFor();
    const [recovery] = (await codes.innerText()).match(/^[a-z0-9]+(-[a-z0-9]+)+$/gim) ?? [];
    await audit(page, 'recovery codes');
    await codes.getByLabel('I have kept them in a safe place').check();
    await codes.getByRole('button', { name: 'Go on' }).click();
    await codes.waitFor({ state: 'hidden' });
    await signOut(page, 'admin');

    await signIn(page, 'admin', '/devices');
    await title(page, 'Second step');
    await audit(page, 'the second step');
    await enterDigits(page, await freshCode(page, secret, used));
    await title(page, 'Devices');
    await signOut(page, 'admin');

    const withRecovery = async () => {
      await signIn(page, 'admin');
      await page.getByRole('button', { name: 'Try another way' }).click();
      // Only what the account has.
      const ways = page.getByRole('list', { name: 'Try another way' }).getByRole('button');
      expect((await ways.allInnerTexts()).join() === 'Recovery code', 'the ways are those of the account');
      await audit(page, 'other ways');
      await ways.first().click();
      await page.getByLabel('Recovery code').fill(recovery);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    await withRecovery();
    await title(page, 'Home');
    await signOut(page, 'admin');
    await withRecovery();
    await page.getByRole('alert').filter({ hasText: 'That is not the code' }).waitFor();

    await page.goto('/sign-in');
    await signIn(page, 'mara');
    await page.getByText('Enter the six digits that were sent to').waitFor();
    await audit(page, 'a mailed code');
    expect(await page.getByRole('button', { name: /^Send the code again in \d+ s$/ }).isDisabled(), 'not at once');
    const code = await mailed(page, mail);
    await page.getByLabel('Remember this browser for 30 days').check();
    if (/^\d{6}$/.test(code)) await enterDigits(page, code);
    else throw new Error(`the mailed code is ${code}`);
    await title(page, 'Home');
    await signOut(page, 'mara');

    // Forgotten: by the link in a mail; this browser is remembered meanwhile.
    await page.getByRole('button', { name: 'Forgotten the password?' }).click();
    await title(page, 'Forgotten password');
    await audit(page, 'a forgotten password');
    await page.getByLabel('Name or mail address').fill('mara@example.net');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('status').filter({ hasText: 'a link is on its way' }).waitFor();
    await page.goto(await mailed(page, `${mail}.link`));
    await audit(page, 'the page of the link');
    const another = 'another Tulip 44';
    await page.getByLabel('Password (at least 8 characters)').fill(another);
    await page.getByLabel('The same once more').fill(another);
    await page.getByRole('button', { name: 'Save' }).click();
    await title(page, 'Your password is changed');
    await page.goto('/sign-in');
    await page.getByLabel('Name or mail address').fill('mara');
    await page.getByLabel('Password', { exact: true }).fill(another);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await title(page, 'Home');
  },

  // 8: who must have an authenticator and has none sets it up before anything else.
  async enforced(browser) {
    const { page } = await browser.open({ width: 390, height: 844 });
    await signIn(page, 'mara', '/books');
    await title(page, 'Set up an authenticator');
    await audit(page, 'the enrolment');
    await page.getByLabel('Code that the app shows now').fill(totp(await secretOn(page), stepNow()));
    await page.getByRole('button', { name: 'Turn on' }).click();
    await title(page, 'Keep these recovery codes');
    await page.getByLabel('I have kept them in a safe place').check();
    await page.getByRole('button', { name: 'Go on' }).click();
    await title(page, 'Address books');
  },

  // 7: by a provider; the account of before is found by its mail address, a stranger is refused, a forged state too.
  async provider(browser, { others }) {
    const { page, context } = await browser.open();
    await page.goto('/books');
    await title(page, 'Sign in');
    await page.getByRole('button', { name: 'Continue with corp' }).waitFor();
    await audit(page, 'sign in with providers');
    await page.getByRole('button', { name: 'Continue with corp' }).click();
    await page.waitForURL(`${others[0]}/**`);
    await atIssuer(page, 'mara');
    await title(page, 'Address books');
    await page.goto('/me');
    await title(page, 'Profile');
    await page.getByText('Field engineers', { exact: true }).waitFor();
    await page.getByText('known before', { exact: true }).waitFor();
    // By the group there also an admin role is held here.
    await page.goto('/users');
    await title(page, 'Users');
    await signOut(page, 'known before');

    const stranger = await browser.open();
    await stranger.page.goto('/sign-in');
    await stranger.page.getByRole('button', { name: 'Continue with corp' }).click();
    await stranger.page.waitForURL(`${others[0]}/**`);
    await atIssuer(stranger.page, 'otto');
    await stranger.page.getByRole('alert').filter({ hasText: /group/ }).waitFor();
    await title(stranger.page, 'Sign in');
    await audit(stranger.page, 'refused by the provider');

    await page.goto('/api/oidc/callback?code=forged&state=forged');
    await page.goto('/');
    await title(page, 'Sign in');
    expect((await context.cookies()).every((c) => c.name !== 'hawser_session'), 'a forged state signs nobody in');

    // The role's page says who gave it and what comes back; with the provider goes what it gave.
    const admin = await browser.open();
    await signIn(admin.page, 'admin', '/roles/admin');
    await admin.page.getByRole('link', { name: 'Field desk' }).click();
    await title(admin.page, 'Field desk');
    await looks(browser, admin.page, new URL(admin.page.url()).pathname, 'role-by-provider');
    await admin.page.getByRole('button', { name: 'Remove known before, by corp' }).click();
    await admin.page.getByText('comes back with the next sign-in').waitFor();
    await audit(admin.page, 'a role that a provider gave');
    await admin.page.getByRole('button', { name: 'Discard' }).click();
    await admin.page.getByRole('button', { name: 'Remove known before, by corp' }).waitFor();
    await admin.page.goto('/settings/providers');
    await admin.page.getByRole('switch', { name: 'corp is on' }).press(' ');
    const off = admin.page.getByRole('dialog', { name: 'Switch off corp?' });
    await off.getByText('1 person loses the admin roles').waitFor();
    await off.getByRole('button', { name: 'Cancel' }).click();
    await off.waitFor({ state: 'hidden' });
    await admin.page.getByRole('button', { name: 'Remove corp' }).click();
    const gone = admin.page.getByRole('dialog', { name: 'Remove corp?' });
    await gone.getByText('1 person loses the admin roles').waitFor();
    await audit(admin.page, 'a provider goes with its roles');
    await gone.getByRole('button', { name: 'Remove', exact: true }).click();
    await admin.page.getByText('No providers').waitFor();
    await admin.page.goto('/roles/admin');
    await admin.page.getByRole('row', { name: /Field desk/ }).getByText('Nobody').waitFor();
  },

  // 26 in part: a role is made, its holder sees only what it reaches, and nothing once it is gone.
  async adminRoles(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/roles/admin');
    await page.getByText('No admin roles yet').waitFor();
    await audit(page, 'no admin roles');
    await page.getByRole('link', { name: 'Add role' }).click();
    await title(page, 'Add role');
    await page.getByLabel('Name', { exact: true }).fill('Branch 北, help desk');
    await pick(page, 'Add a user group', 'Default', 'Default');
    await page.getByLabel('Switch users off and on').check();
    expect(await page.getByLabel('See users').isChecked(), 'changing brings seeing');
    expect((await page.getByLabel('Change strategies').count()) === 0, 'a role of groups has no rights over strategies');
    // The rights are a tree: a box for all of a subject, and what nobody looks at is folded away.
    await page.getByRole('checkbox', { name: 'All of Devices' }).check();
    expect(await page.getByLabel('See devices').isChecked(), 'all are those to see and those to change');
    await page.getByRole('checkbox', { name: 'All of Devices' }).uncheck();
    expect(!(await page.getByLabel('See devices').isChecked()), 'and none of them');
    await page.getByLabel('See devices').check();
    await page.getByRole('button', { name: 'Fold Users' }).click();
    await page.getByLabel('See users').waitFor({ state: 'hidden' });
    await audit(page, 'a folded subject');
    await page.getByRole('button', { name: 'Unfold Users' }).click();
    await page.getByLabel('See users').waitFor();
    await pick(page, 'Add a person', 'mara', 'mara');
    const preview = page.getByRole('group', { name: 'Pages of a holder' });
    const people = preview.getByText(/^[0-9]+ users?$/);
    await people.waitFor();
    const seen = Number.parseInt(await people.textContent(), 10);
    expect((await preview.getByText('Strategies').count()) === 0, 'a page without a right is not there for the holder');
    await page.getByRole('combobox', { name: 'Seen by' }).or(page.getByRole('textbox', { name: 'Seen by' })).first().click();
    await page.getByRole('option', { name: 'mara' }).click();
    await people.waitFor();
    await audit(page, 'a new admin role');
    await page.getByRole('button', { name: 'Make the role' }).click();
    await title(page, 'Branch 北, help desk');
    await page.getByRole('button', { name: 'Make the role' }).waitFor({ state: 'hidden' });
    await looks(browser, page, new URL(page.url()).pathname, 'admin-role');

    const other = await browser.open({ width: 820, height: 1180, dark: true });
    await signIn(other.page, 'mara', '/users');
    await title(other.page, 'Users');
    await other.page.getByText('otto', { exact: true }).waitFor();
    await other.page.getByText(new RegExp(`^1–${seen} of ${seen}$`)).waitFor();
    await other.page.goto('/strategies');
    await other.page.getByText('You do not have access to this page').waitFor();

    // Home tells its holder who waits for approval; nothing is said of parts that are not his.
    await other.page.goto('/');
    await other.page.getByText('1 person waits for approval of their account.').waitFor();
    await looks(browser, other.page, '/', 'staff-home');
    await other.page.getByRole('link', { name: /of their account/ }).click();
    await title(other.page, 'Users');
    await other.page.getByText(/^1–1 of 1$/).waitFor();
    await other.page.getByText('Waits for approval').first().waitFor();
    await audit(other.page, 'accounts that wait');
    await other.page.getByRole('button', { name: 'Actions for nina' }).click();
    await other.page.getByRole('menuitem', { name: 'Approve' }).click();
    await other.page.getByText('Nothing matches').waitFor();
    await other.page.goto('/');
    await other.page.getByText('Nothing in your care needs attention').waitFor();

    await page.goto('/roles/admin');
    await page.getByRole('link', { name: 'Branch 北, help desk' }).click();
    await page.getByRole('button', { name: 'Remove mara' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('is saved.').waitFor();
    await other.page.goto('/users');
    await other.page.getByText('You do not have access to this page').waitFor();
    await page.getByRole('button', { name: 'Delete the role' }).click();
    const ask = page.getByRole('dialog');
    await ask.getByLabel('Type Branch 北, help desk to confirm').fill('Branch 北, help desk');
    await ask.getByRole('button', { name: 'Delete the role' }).click();
    await page.getByText('No admin roles yet').waitFor();
  },

  // An administrator finds everybody's books, looks into one, gives it to somebody else; the look is in the audit.
  async allBooks(browser) {
    const other = await browser.open({ width: 390, height: 844 });
    await signIn(other.page, 'mara', '/books');
    await title(other.page, 'Address books');
    expect((await other.page.getByRole('link', { name: "Everybody's books" }).count()) === 0, 'users have no such link');
    await other.page.getByRole('button', { name: 'Add shared book' }).click();
    await other.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Tills 收银');
    await other.page.getByRole('dialog').getByRole('button', { name: 'Add shared book' }).click();
    await other.page.getByRole('heading', { level: 2, name: 'Tills 收银' }).waitFor();
    await other.page.goto('/books/all');
    await other.page.getByText('You do not have access to this page').waitFor();

    const { page } = await browser.open();
    await signIn(page, 'admin', '/books');
    await page.getByRole('link', { name: "Everybody's books" }).click();
    await title(page, "Everybody's address books");
    await page.getByRole('link', { name: 'Tills 收银' }).waitFor();
    await audit(page, 'all books');
    await page.getByRole('link', { name: 'Tills 收银' }).click();
    await title(page, 'Tills 收银');
    await page.getByText('No devices in this book').waitFor();
    await audit(page, "somebody's book");
    await page.getByRole('link', { name: "Everybody's address books" }).click();
    await page.getByRole('button', { name: 'Actions for Tills 收银' }).click();
    await page.getByRole('menuitem', { name: 'Give to somebody else' }).click();
    const give = page.getByRole('dialog');
    await pick(page, 'New owner', 'otto', 'otto', give);
    await give.getByRole('button', { name: 'Give the book' }).click();
    await page.getByText('Tills 收银 belongs to otto now.').waitFor();
    await page.getByRole('button', { name: 'Actions for Tills 收银' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByLabel('Type Tills 收银 to confirm').fill('Tills 收银');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Tills 收银 is deleted.').waitFor();
  },

  // What the server cannot reach is said in words, step by step.
  async directory(browser, { closed }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings/directory');
    await title(page, 'LDAP directory');
    const servers = page.getByRole('combobox', { name: 'Servers' }).or(page.getByRole('textbox', { name: 'Servers' })).first();
    await servers.fill(closed);
    await page.keyboard.press('Enter');
    await page.getByLabel('Where people are').fill('dc=example,dc=org');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('The directory does not work yet.').waitFor();
    await page.getByText('Connect', { exact: true }).waitFor();
    await audit(page, 'a directory that is away');
    // Groups there become user groups here.
    await page.getByRole('button', { name: 'Add mapping' }).click();
    await page.getByLabel('Group there, 1').fill('staff');
    await page.getByRole('button', { name: 'Add role' }).click();
    await page.getByLabel('Group there with a role, 1').fill('desk');
    await pick(page, 'Admin role here, 1', 'help', 'Help desk');
    await pick(page, 'User group here, 1', 'Default');
    await audit(page, 'a mapping of groups');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByLabel('Group there, 1').waitFor();
    expect((await page.getByLabel('Group there, 1').inputValue()) === 'staff', 'the mapping is kept');
    expect((await page.getByRole('combobox', { name: 'Admin role here, 1' }).or(page.getByRole('textbox', { name: 'Admin role here, 1' })).first().inputValue()) === 'Help desk', 'the role is kept');
    await looks(browser, page, '/settings/directory', 'directory');
    await shoot(page, 'directory', { isFull: true });
  },

  // Backups, what the retention removes, and what went through channels.
  async upkeep(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings/backups');
    await title(page, 'Backups');
    await page.getByText('No backups yet').waitFor();
    await page.getByRole('button', { name: 'Make a backup' }).click();
    await page.getByText('The backup is made.').waitFor();
    await audit(page, 'backups');
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Download / }).click();
    const bytes = readFileSync(await (await file).path());
    expect(bytes.subarray(0, 2).toString() === 'PK', 'the download is an archive');
    await page.getByRole('button', { name: /^Delete / }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No backups yet').waitFor();

    await page.getByRole('link', { name: 'Storage and retention' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('The next run removes nothing.').waitFor();
    await page.getByLabel('Connections').fill('30');
    await page.getByText('The days were changed since.').waitFor();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('The next run removes 3 entries.').waitFor();
    await audit(page, 'a preview of the retention');
    await page.getByRole('button', { name: 'Discard' }).click();

    await page.getByRole('link', { name: 'Notifications' }).click();
    await page.getByRole('tab', { name: 'Deliveries' }).click();
    await page.getByText('Given up after 7 tries').waitFor();
    await page.getByText('connection refused').waitFor();
    await audit(page, 'deliveries');
    await page.getByRole('button', { name: 'Details: Relay is down' }).click();
    const exchange = page.getByRole('dialog', { name: 'Relay is down' });
    await exchange.getByText('"typ": "1003"').waitFor();
    await exchange.getByRole('heading', { name: 'Answered with status 503' }).waitFor();
    await exchange.getByText('busy just now').waitFor();
    await audit(page, 'a delivery');
    await exchange.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Try again: Relay is down' }).click();
    await page.getByText('It is tried again at once.').waitFor();
  },
};

await run(scenarios);
