// The logs, recordings and what the server says of itself, in a real Chromium against a real server.
// node evidence.mjs NAME BASE [JSON]; ends with 0, or says what was expected. HAWSER_SHOTS=FOLDER keeps pictures.
import { readFileSync } from 'node:fs';
import { audit, expect, presses, run, signIn, title, until } from './browser.mjs';
import { looks } from './looks.mjs';

const addFilter = (page) => page.getByRole('button', { name: 'Add filter' });

// Without the feed the page is read again now and then; without the server nothing can be changed, and says why.
async function lost(browser, page) {
  let reads = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/api/settings/console')) reads += 1;
  });
  await page.route('**/api/console/events', (route) => route.fulfill({ status: 404 }));
  await page.goto('/settings');
  await title(page, 'General');
  await page.getByText('Live updates are interrupted.').waitFor();
  await page.getByText(/^Trying again/).waitFor();
  const before = reads;
  await page.waitForRequest((request) => request.url().endsWith('/api/settings/console'));
  expect(reads > before, 'what is on the page is read without the feed');
  await page.getByLabel('Name of this server').fill('Nobody hears this');
  const save = page.getByRole('button', { name: 'Save' });
  await save.waitFor();
  await page.route('**/api/**', (route) => route.abort());
  await page.getByText('No contact with the server.').waitFor();
  await page.locator('button[aria-disabled=true]').filter({ hasText: 'Save' }).waitFor();
  expect((await save.getAttribute('title')) === 'There is no contact with the server.', 'the button says why');
  await save.click({ force: true });
  await save.press('Enter');
  await page.getByLabel('Name of this server').press('Enter');
  await audit(page, 'no contact');
  await page.unroute('**/api/**');
  await page.unroute('**/api/console/events');
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('No contact with the server.').waitFor({ state: 'detached' });
  await page.locator('button[aria-disabled=true]').waitFor({ state: 'detached' });
  expect((await page.getByRole('banner').getByText('Nobody hears this').count()) === 0, 'nothing was changed meanwhile');
  // What was refused on purpose.
  const others = browser.faults.filter((fault) => !fault.includes('net::ERR_FAILED'));
  browser.faults.splice(0, browser.faults.length, ...others);
}

const copied = (page) => page.evaluate(() => navigator.clipboard.readText());

const scenarios = {
  // T5: from Home the text that clients take is one press away.
  async configuration(browser) {
    const { page, context } = await browser.open();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, 'admin');
    await title(page, 'Home');
    const pressed = presses();
    await pressed.press(page.getByRole('button', { name: 'Copy Configuration' }));
    await until(async () => (await copied(page)).length > 20, 'a configuration to paste');
    expect(pressed.count <= 1, `T5 takes ${pressed.count} presses`);
  },

  // T11, T12, T13: who was on PC-17 last Tuesday, the recording of it, and the view as a file.
  async connections(browser, { day, id }) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    const find = presses();
    await find.press(page.getByRole('navigation').getByRole('link', { name: 'Audit' }));
    await title(page, 'Audit');
    await page.getByRole('searchbox').fill('PC-17');
    await page.waitForURL(/q=PC-17/);
    await find.press(addFilter(page));
    await find.press(page.getByRole('menuitem', { name: 'Day or days…' }));
    await page.getByRole('dialog').getByLabel('Day', { exact: true }).fill(day);
    await find.press(page.getByRole('dialog').getByRole('button', { name: 'Add filter' }));
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.getByRole('row').filter({ hasText: 'mara' }).getByText('PC-17').waitFor();
    expect(find.count <= 4, `T11 takes ${find.count} presses`);
    const address = page.url();
    expect(new URL(address).searchParams.get('when') === day, 'the day is in the address');
    await page.goto(`${address}&cols=time,device,path`);
    await page.getByRole('cell', { name: 'Relay relay.example.net' }).waitFor();
    await page.goto(`${address}&path=direct`);
    await page.getByText('Nothing matches').waitFor();
    await page.goto(`${address}&path=relayed&relay=relay.example`);
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.goto(address);
    await page.getByText(/^1–1 of 1$/).waitFor();

    const take = presses();
    await take.press(page.getByRole('button', { name: 'Export', exact: true }));
    const file = page.waitForEvent('download');
    await take.press(page.getByRole('menuitem', { name: 'CSV' }));
    const lines = readFileSync(await (await file).path(), 'utf8').trim().split('\r\n');
    expect(lines.length === 2 && lines[1].includes('mara') && lines[1].includes('changed the toner'), `the file has the rows of the view: ${lines.join(' | ')}`);
    expect(take.count <= 2, `T13 takes ${take.count} presses`);

    const play = presses();
    await play.press(page.getByRole('link', { name: 'Play', exact: true }));
    await page.waitForURL(new RegExp(`/recordings/${id}`));
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.2);
    expect(play.count <= 1, `T12 takes ${play.count} presses more`);
    await page.goBack();
    await page.getByText(/^1–1 of 1$/).waitFor();

    await page.getByRole('button', { name: 'Details of PC-17' }).click();
    await page.getByRole('complementary').getByRole('link', { name: 'Files of this device' }).click();
    await page.getByText('C:\\reports').first().waitFor();
    await page.getByRole('cell', { name: 'at least 17 kB' }).waitFor();
    await page.getByRole('link', { name: 'mara' }).waitFor();
    await page.getByRole('button', { name: 'Details of C:\\reports' }).click();
    const peek = page.getByRole('complementary');
    await peek.getByText('a.txt').waitFor();
    await peek.getByRole('link', { name: 'The session' }).click();
    await page.waitForURL(/guid=/);
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.goto('/audit/files');
    await page.getByText('Files by the clipboard').waitFor();
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('Nothing matches').waitFor();
    await looks(browser, page, '/audit/connections', 'audit-connections');
    await looks(browser, page, '/audit/files', 'audit-files');
  },

  // 38 in part: what happened is on the line of time and beside it; many are saved at once.
  async happenings(browser, { id }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', `/recordings/${id}`);
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
    await page.getByRole('button', { name: /30 files to the device: C:\\reports/ }).click();
    await page.waitForFunction(() => Math.abs(document.querySelector('video').currentTime - 2) < 0.2);
    await page.getByRole('button', { name: /Session ended. changed the toner/ }).waitFor();
    await looks(browser, page, `/recordings/${id}`, 'recording');
    await page.goto('/recordings');
    await addFilter(page).click();
    await page.getByRole('menuitem', { name: 'Day or days…' }).click();
    await page.getByRole('dialog').getByLabel('Day', { exact: true }).fill('2020-01-01');
    await page.getByRole('dialog').getByRole('button', { name: 'Add filter' }).click();
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    const file = page.waitForEvent('download');
    await page.getByRole('toolbar').getByRole('button', { name: 'Download' }).click();
    expect((await file).suggestedFilename().includes(id), 'the file is saved');
    await page.getByRole('toolbar').getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const list = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const lines = readFileSync(await (await list).path(), 'utf8').trim().split('\r\n');
    expect(lines.length === 2 && lines[1].startsWith(id), `the list is a file: ${lines.join(' | ')}`);
    await page.goto('/audit/console?q=recordings');
    await page.getByText('Exported a list').first().waitFor();
    await looks(browser, page, '/recordings', 'recordings');
  },

  // 38 in part: one that is being made is watched at its end.
  async live(browser, { id }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', `/recordings/${id}`);
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, null, { timeout: 60_000 });
    const before = await page.evaluate(() => document.querySelector('video').buffered.end(0));
    await page.waitForFunction((was) => document.querySelector('video').buffered.end(0) > was, before, { timeout: 60_000 });
    await page.getByRole('button', { name: 'Back 10 seconds' }).click();
    await page.getByRole('button', { name: 'Go live' }).click({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor();
    await page.getByText(/About \d+ s behind what happens/).waitFor();
    await looks(browser, page, `/recordings/${id}`, 'recording-live');
    await page.goto(`/audit/console?q=${id}`);
    await page.getByText('Watched a recording').first().waitFor();
  },

  // 16 in part: from the palette to the field itself; what is not as usual says so, and goes back.
  async fields(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings');
    await title(page, 'General');
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Search or run a command' }).fill(':retention connections');
    await page.getByRole('dialog').getByText('Connections', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.id === 'retention-connection_days');
    const days = page.locator('#retention-connection_days');
    const usual = await days.inputValue();
    await days.fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    // What is kept for fewer days is gone for good after the next run.
    const sure = page.getByRole('dialog', { name: 'Keep things for a shorter time?' });
    await sure.getByLabel('Reason (optional)').fill('the new contract');
    await sure.getByLabel('Type 0 to confirm').fill('0');
    await audit(page, 'asking before things are kept for fewer days');
    await sure.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Changed; usually ${usual}`).waitFor();
    // Devices of a group have days of their own; recordings, too.
    await page.getByRole('combobox', { name: 'Add a device group' }).fill('Til');
    await page.getByRole('option', { name: 'Tills' }).click();
    await page.getByLabel('Recordings of Tills, days').fill('400');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('The next run removes nothing.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await sure.getByLabel('Type 0 to confirm').fill('0');
    await sure.getByRole('button', { name: 'Save' }).click();
    await sure.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await audit(page, 'a changed setting');
    await looks(browser, page, '/settings/storage', 'settings-storage');
    await page.reload();
    expect((await page.getByLabel('Recordings of Tills, days').inputValue()) === '400', 'the days of the group are kept');
    await page.getByRole('button', { name: /^Take the usual for/ }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Changed; usually ${usual}`).waitFor({ state: 'detached' });
    expect((await days.inputValue()) === usual, 'it is as it usually is');
  },

  // Health: what works from this browser, all of it as a text; and no server, told with the next try.
  async health(browser) {
    const { page, context } = await browser.open();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, 'admin', '/health');
    await title(page, 'Health and about');
    await page.getByText('Video codecs').waitFor();
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await until(async () => /^Hawser [\s\S]*browser feed: works/.test(await copied(page)), 'a text of what works');
    await looks(browser, page, '/health', 'health');
    await lost(browser, page);
  },

  // What was done: before and after, others like it, the way back, the seals; new rows by themselves.
  async operations(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings');
    await title(page, 'General');
    await page.getByLabel('Name of this server').fill('Werkstatt');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('banner').getByText('Werkstatt').waitFor();
    await page.goto('/audit/console');
    await title(page, 'Audit');
    await page.getByRole('button', { name: 'Details of Changed a setting: console' }).click();
    const peek = page.getByRole('complementary');
    await peek.getByRole('row', { name: 'server_name' }).getByText('Werkstatt').waitFor();
    await audit(page, 'an operation');
    await peek.getByRole('button', { name: 'Only this kind' }).click();
    await page.getByRole('button', { name: 'Remove the filter What: Changed a setting' }).waitFor();
    await page.getByText(/^1–1 of 1$/).waitFor();
    // The server's own way to the log: who follows it needs no press to see it.
    await page.getByRole('switch', { name: 'Follow' }).press(' ');
    await page.getByRole('button', { name: 'Details of Changed a setting: console' }).click();
    await peek.getByRole('button', { name: 'Revert' }).click();
    await page.getByText('Taken back.').waitFor();
    await page.getByText(/^1–2 of 2$/).waitFor();
    expect(!(await page.getByRole('banner').innerText()).includes('Werkstatt'), 'the name is as it was');
    await page.getByRole('button', { name: 'Check the seals' }).click();
    await page.getByText(/as (it was|they were) written|Nothing is sealed yet/).waitFor();
    await audit(page, 'the seals');
    await looks(browser, page, '/audit/console', 'audit-console');
  },
};

await run(scenarios);
