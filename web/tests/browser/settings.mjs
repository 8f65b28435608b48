// What the server is told about itself: relays and their limits, its ports, its keys; in a real Chromium against a real
// server. node settings.mjs NAME BASE [JSON]; ends with 0, or says what was expected. HAWSER_SHOTS=FOLDER keeps pictures.
import { api, audit, expect, run, shoot, signIn, title } from './browser.mjs';
import { looks } from './looks.mjs';

// What a file or a variable sets is read-only and says so; a test mail shows what both sides said.
async function mailWithPins(browser, page) {
  await signIn(page, 'admin', '/settings/mail');
  await title(page, 'Mail and SMS');
  await page.getByText('Read-only: set by environment (HAWSER_SETTING_MAIL_HOST)').waitFor();
  await page.getByText('Read-only: set by file (/etc/hawser.json)').waitFor();
  expect(await page.getByLabel('Server', { exact: true }).isDisabled(), 'what is set elsewhere is not changed here');
  expect(await page.getByLabel('Password', { exact: true }).isDisabled(), 'nor is a secret');
  expect((await page.getByLabel('OAuth2: client ID').count()) === 0, 'only what counts is asked for');
  await page.getByLabel('User (optional)').fill('mailer');
  await page.getByLabel("Sender's address").fill('desk@example.net');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: false }).first().waitFor();
  await page.getByLabel('Send a test to').fill('mara@example.net');
  await page.getByRole('button', { name: 'Send test mail' }).click();
  await page.getByText('The mail server took it.').waitFor();
  await page.getByText('AUTH PLAIN ********').waitFor();
  await page.getByText('RCPT TO:<mara@example.net>').waitFor();
  await audit(page, 'mail');
  await looks(browser, page, '/settings/mail', 'mail');
  // A mail in other words: what is wrong is said while it is written.
  await page.getByText('Our text', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Edit text' }).click();
  const words = page.getByRole('dialog', { name: 'Login code' });
  await words.getByLabel('Subject').fill('Example Corp: sign-in');
  await words.getByText('{code} is missing', { exact: false }).first().waitFor();
  await words.getByLabel('Subject').fill('Example Corp: {code}');
  await words.getByText('Example Corp: 123456').waitFor();
  await audit(page, 'a mail in other words');
  await words.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Written on this server').waitFor();
  await page.getByText('Example Corp: 123456').waitFor();
  await page.getByRole('button', { name: 'Back to our text' }).click();
  await page.getByText('Your login code: 123456').waitFor();
}

// Which ways of signing in there are, from where, and who makes an account without being asked.
async function signInPolicy(browser, page) {
  await signIn(page, 'admin', '/settings/sign-in');
  await title(page, 'Sign-in');
  await page.getByLabel('Passkeys', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' });
  await page.getByRole('combobox', { name: 'Addresses and networks' }).fill('192.0.2.0/24');
  await page.getByRole('combobox', { name: 'Addresses and networks' }).press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Not saved: your own address is not among them.').first().waitFor();
  await audit(page, 'an address that would keep oneself out');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByLabel("The sign-in page offers 'Create an account'").check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' });
  await looks(browser, page, '/settings/sign-in', 'sign-in-policy');
  // Who must have an authenticator is reminded while there is time.
  await api(page, 'PATCH', '/api/settings/accounts', { second_factor: 'everybody', grace_days: 7 });
  await page.goto(page.url().replace(/settings.*/, ''));
  await page.getByRole('link', { name: 'Set it up', exact: true }).waitFor();
  await audit(page, 'a reminder of the second factor');
  await shoot(page, 'grace');
  await page.getByRole('link', { name: 'Set it up', exact: true }).click();
  await title(page, 'Password and second factors');
  await api(page, 'PATCH', '/api/settings/accounts', { second_factor: 'nobody', grace_days: 0 });
  await page.goto(page.url().replace(/me\/security.*/, 'me/security'));
  await page.getByText('The administrators have switched this way of signing in off.').waitFor();
  await audit(page, 'a factor that is switched off');

  const { page: other } = await browser.open({ width: 390, height: 844 });
  await other.goto('/sign-in');
  await other.getByRole('button', { name: 'Create an account' }).click();
  await title(other, 'Create an account');
  await other.getByLabel('Name', { exact: true }).fill('nina');
  await other.getByLabel('Password', { exact: true }).fill('short');
  await other.getByText(/Too short/).waitFor();
  await other.getByLabel('Password', { exact: true }).fill('Tulip#42 of Nina');
  await audit(other, 'somebody asks for an account');
  await shoot(other, 'register');
  await other.getByRole('button', { name: 'Ask for an account' }).click();
  await other.getByText(/If the name is free/).waitFor();
  expect((await other.getByRole('button', { name: 'Use a passkey' }).count()) === 0, 'passkeys are not offered');
  await page.goto(page.url().replace(/me\/security.*/, 'users'));
  await page.getByRole('row', { name: /nina/ }).getByText('Waits for approval').waitFor();
}

const scenarios = {
  // The own relay's limits change at once; one that is added is tried, drained, and asked for.
  async relays(browser, { relay, closed }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings/relays');
    await title(page, 'Relays');
    await page.getByText('Clients use the relay at the address of the ID server.').waitFor();
    await page.getByLabel('One session').fill('25.5');
    await page.getByRole('button', { name: 'Set limits' }).click();
    await page.getByText('The limits hold from now on.').waitFor();
    const own = await api(page, 'GET', '/api/relays/own');
    expect(own.limits.single === 25.5, `the relay obeys at once: ${JSON.stringify(own)}`);

    for (const address of [relay, closed]) {
      await page.getByLabel('Address', { exact: true }).fill(address);
      await page.getByRole('button', { name: 'Add relay' }).click();
      await page.getByRole('row', { name: new RegExp(address) }).waitFor();
    }
    await page.getByRole('button', { name: `Test ${relay}` }).click();
    await page.getByText(/pairs two ends that have this server's key, and refuses another key/).waitFor();
    await page.getByRole('button', { name: `Test ${closed}` }).click();
    await page.getByText(new RegExp(`${closed} can not be reached`)).waitFor();
    // Both are asked every few seconds, because there are two.
    await page.getByRole('row', { name: new RegExp(closed) }).getByText('no answer').waitFor();
    await page.getByRole('row', { name: new RegExp(relay) }).getByText(/^\d+ ms$/).waitFor();
    await page.getByRole('row', { name: new RegExp(closed) }).getByText('Down').waitFor();
    await page.getByRole('button', { name: `Drain ${closed}` }).click();
    await page.getByRole('row', { name: new RegExp(closed) }).getByText('Drained').waitFor();
    await page.getByLabel('Address of the caller').fill('203.0.113.7');
    await page.getByRole('button', { name: 'Which relay?' }).click();
    await page.getByText(`${relay}, because it is the only one that can be used.`).waitFor();
    await audit(page, 'relays');
    await looks(browser, page, '/settings/relays', 'relays');
  },

  // What everybody reads, in which language and by which clock, as long as nobody chose another.
  async everybody(browser) {
    const { page } = await browser.open();
    await signInPolicy(browser, page);
    await page.goto(page.url().replace(/users.*/, 'settings'));
    await title(page, 'General');
    await page.getByLabel('Text for everybody (optional)').fill('Maintenance on Friday, 18:00 维护');
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('a name such as Europe/Berlin, or nothing').waitFor();
    await page.getByLabel('Time zone').fill('Asia/Shanghai');
    await page.getByRole('combobox', { name: 'Language' }).or(page.getByRole('textbox', { name: 'Language' })).first().click();
    await page.getByRole('option', { name: '中文' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Maintenance on Friday, 18:00 维护', { exact: true }).waitFor();
    await page.locator('html[lang=zh-CN]').waitFor();
    await audit(page, 'a word to everybody');
    await looks(browser, page, '/settings', 'general');
    await page.goto('/me');
    await page.getByText('Asia/Shanghai').or(page.locator('input[value*="Asia/Shanghai"]')).first().waitFor();
    await page.getByRole('button', { name: '知道了', exact: true }).click();
    await page.getByText('Maintenance on Friday', { exact: false }).waitFor({ state: 'hidden' });
    const { page: other } = await browser.open();
    await other.goto('/sign-in');
    await other.locator('html[lang=zh-CN]').waitFor();
    await audit(other, 'signing in, in the language of the server');
  },

  // The server asks its own ports; another key pair waits for the next start.
  async address(browser) {
    const { page } = await browser.open();
    await mailWithPins(browser, page);
    await page.goto(page.url().replace(/settings.*/, 'settings/clients'));
    await title(page, 'Clients and address');
    await page.getByRole('link', { name: 'Windows', exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'API address' }).fill('https://heartbeat.example.com');
    await page.getByText('Stock clients treat addresses with this word in a special way').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Test from the server' }).click();
    await page.getByRole('heading', { name: /At its own place/ }).waitFor();
    await page.getByText('Works', { exact: true }).first().waitFor();
    const { key } = await api(page, 'GET', '/api/console/address');
    await page.getByRole('button', { name: 'Replace key pair…' }).click();
    const ask = page.getByRole('dialog', { name: 'Replace the key pair?' });
    await ask.getByText(/Every client must be reconfigured/).waitFor();
    const press = ask.getByRole('button', { name: 'Replace', exact: true });
    expect(await press.isDisabled(), 'somebody has to type what it is about');
    await audit(page, 'a key pair is to be replaced');
    await ask.getByLabel(/^Type .* to confirm$/).fill(key.public_key.slice(0, 8));
    await press.click();
    await page.getByText('Another key waits for the next start').waitFor();
    await looks(browser, page, '/settings/clients', 'clients');
  },
};

await run(scenarios);
