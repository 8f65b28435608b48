// What lists can do, in a real Chromium against a real server: bulk work, keys, columns, views, the panel, live rows.
// node lists.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { readFileSync } from 'node:fs';
import { api, audit, expect, launch } from './browser.mjs';

const password = 'Tulip#42 of Mara';

async function signIn(page, name, to = '/') {
  await page.goto(to);
  await page.getByLabel('Name or mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

const disabled = async (page) => (await api(page, 'GET', '/api/devices?status=0&pageSize=1')).total;

/** Waits until something that the server says is so. */
async function until(read, isSo, what) {
  const end = Date.now() + 60_000;
  for (;;) {
    const now = await read();
    if (isSo(now)) return now;
    if (Date.now() > end) throw new Error(`expected: ${what}; the last answer: ${JSON.stringify(now)}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

const isOver = (job) => !['waiting', 'running'].includes(job.state);
const newest = async (page) => (await api(page, 'GET', '/api/jobs?mine=1&pageSize=1')).data[0];
const names = async (page) => (await page.getByRole('row').allInnerTexts()).map((row) => /(pc|前台)-\d+/.exec(row)?.[0]).filter(Boolean);

const scenarios = {
  // 13: the page, then all that match; stopped on the way, undone.
  async bulk(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices');
    await page.getByText(/^1–50 of 1,240$/).waitFor();
    const before = await disabled(page);
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByText('50 selected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Select all 1,240 that match' }).click();
    await page.getByText('All 1,240 that match are selected').waitFor();
    await audit(page, 'all that match');
    await page.getByRole('button', { name: 'Disable 1,240 devices' }).click();
    const ask = page.getByRole('dialog', { name: 'Disable 1,240 devices?' });
    await ask.getByText('Among them:').waitFor();
    await audit(page, 'many are asked for');
    // Stopped as soon as it is under way; on a quick machine it may be through before.
    await ask.getByRole('button', { name: 'Disable 1,240 devices' }).click();
    const job = await until(() => newest(page), (j) => j?.kind === 'devices.disable' && (j.done > 0 || isOver(j)), 'a job begins');
    await api(page, 'POST', `/api/jobs/${job.guid}/cancel`).catch(() => undefined);
    const end = await until(() => newest(page), isOver, 'the job ends');
    expect(end.done - end.failed + before >= (await disabled(page)), 'what was not reached is untouched');
    await page.getByText(/^Disable devices: (stopped after [\d,]+ of 1,240|1,240 done)$/).first().waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await until(() => disabled(page), (now) => now === before, `${before} devices are disabled again`);
    await until(() => newest(page), (j) => j.kind === 'devices.restore' && isOver(j), 'undoing ends');
    await page.getByText(/^Undo: [\d,]+ done$/).first().waitFor();

    // A few are done at once, and undone.
    await page.goto('/devices?status=1&size=25');
    await page.getByText(/^1–25 of /).waitFor();
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    await page.getByRole('button', { name: 'Disable 25 devices' }).click();
    await page.getByText('Disable devices: 25 done').first().waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await until(() => disabled(page), (now) => now === before, 'the few are undone');
    await page.goto('/audit/console');
    await page.getByRole('cell', { name: 'Took work on many back' }).first().waitFor();
    await audit(page, 'console operations');
  },

  // 15: with the keyboard only, found, looked at, changed, opened, back at the same row.
  async keyboard(browser) {
    const { page } = await browser.open();
    const focused = (what) => page.waitForFunction((w) => document.activeElement?.matches(w), what);
    await signIn(page, 'admin', '/devices');
    await page.getByText(/^1–50 of 1,240$/).waitFor();
    await page.keyboard.press('/');
    await focused('input[type=search]');
    await page.keyboard.type('pc-0000');
    await page.getByText(/^1–9 of 9$/).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('j');
    await focused('tr[data-key]');
    await page.keyboard.press('j');
    const row = page.locator('tr:focus');
    await row.getByText('pc-00001').waitFor();
    expect((await row.locator('td').first().evaluate((e) => getComputedStyle(e).boxShadow)) !== 'none', 'one sees where the keyboard is');
    await page.keyboard.press('p');
    await page.getByRole('complementary', { name: 'Facts of pc-00001' }).waitFor();
    await audit(page, 'the panel');
    await page.keyboard.press('j');
    await page.getByRole('complementary', { name: 'Facts of pc-00002' }).waitFor();
    expect(new URL(page.url()).searchParams.has('peek'), 'the panel is in the address');
    await page.keyboard.press('k');
    await page.getByRole('complementary', { name: 'Facts of pc-00001' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'hidden' });
    await page.keyboard.press('x');
    await page.getByText('1 selected', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Show beside the list').waitFor();
    await audit(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('e');
    const note = page.getByRole('dialog').getByLabel('Note');
    await note.waitFor();
    for (let i = 0; i < 20 && !(await note.evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press('Tab');
    await page.keyboard.type('Beside the 打印机');
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement.textContent)) === 'Save') break;
    }
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await title(page, 'pc-00001');
    await page.getByText('Beside the 打印机').waitFor();
    // The browser's own key for it is not the page's, and not there without a window.
    await page.goBack();
    await focused('tr[data-key]');
    await page.locator('tr:focus').getByText('pc-00001').waitFor();

    // Single keys are off for who wants them off.
    await page.keyboard.press('?');
    await page.getByRole('switch', { name: 'Single keys do something' }).uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.keyboard.press('?');
    expect((await page.getByRole('dialog').count()) === 0, 'no key does anything');
    await title(page, 'Devices');
  },

  // Columns and views: kept at the server, in the address, for everybody.
  async views(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices?status=0');
    await page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    const chooser = page.getByRole('dialog', { name: 'Columns' });
    expect(await chooser.getByRole('checkbox', { name: 'Name', exact: true }).isDisabled(), 'a name is always there');
    await chooser.getByRole('checkbox', { name: 'Owner', exact: true }).uncheck();
    await page.getByRole('columnheader', { name: 'Owner' }).waitFor({ state: 'hidden' });
    await chooser.getByRole('checkbox', { name: 'User of the system' }).check();
    await page.getByRole('columnheader', { name: 'User of the system' }).waitFor();
    await chooser.getByRole('button', { name: 'Move Version up' }).click();
    await audit(page, 'the columns');
    await page.keyboard.press('Escape');
    await until(
      () => api(page, 'GET', '/api/views/devices/columns'),
      ({ columns }) => columns.includes('user') && !columns.includes('owner') && columns.indexOf('version') < columns.indexOf('system'),
      'the server has the columns',
    );
    const other = await browser.open();
    await signIn(other.page, 'admin', '/devices');
    await other.page.getByRole('columnheader', { name: 'User of the system' }).waitFor();

    await page.getByRole('button', { name: 'Save as view' }).click();
    const form = page.getByRole('dialog', { name: 'Save as view' });
    await form.getByLabel('Name').fill('Switched off, 停用');
    await form.getByRole('switch', { name: 'Everybody sees it' }).check();
    await audit(page, 'a new view');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Switched off, 停用', exact: true, pressed: true }).waitFor();
    await audit(page, 'views');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByText(/ of 1,240$/).waitFor();
    await page.getByRole('button', { name: 'Switched off, 停用', exact: true }).click();
    await page.getByText(/ of 124$/).waitFor();
    const guid = new URL(page.url()).searchParams.get('view');

    // Only the view in the address, for somebody else.
    await api(page, 'GET', '/api/views?page=devices');
    const mara = await browser.open({ width: 390, height: 844 });
    await signIn(mara.page, 'mara', `/devices?view=${guid}`);
    await mara.page.getByRole('button', { name: 'Remove the filter State: Disabled' }).waitFor();
    await audit(mara.page, 'a view on a phone');

    await page.getByRole('button', { name: 'Actions for the view Switched off, 停用' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('The view Switched off, 停用 is deleted.').waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('button', { name: 'Switched off, 停用', exact: true }).waitFor();
  },

  // 12: rows stay where they are; what is new waits behind a counter; a device comes online in its place.
  async live(browser, { id, uuid }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/users?sort=name');
    await title(page, 'Users');
    await page.getByRole('row').nth(2).getByText('mara').waitFor();
    const other = await browser.open();
    await signIn(other.page, 'admin', '/');
    await title(other.page, 'Home');
    await api(other.page, 'POST', '/api/users', { name: 'bela', password, email: '', note: '', group_name: 'Default' });
    await page.getByRole('button', { name: 'Show 1 new' }).waitFor();
    expect((await page.getByRole('row').nth(2).innerText()).includes('mara'), 'nobody moved');
    await audit(page, 'something new');
    await page.getByRole('button', { name: 'Show 1 new' }).click();
    await page.getByRole('row').nth(2).getByText('bela').waitFor();

    await page.goto('/devices?sort=-id');
    await page.getByText(/^1–50 of 1,240$/).waitFor();
    const before = await names(page);
    const row = page.locator('tr', { hasText: id.replace(/(\d{3})(?=\d)/g, '$1 ') });
    await row.getByText('Offline').waitFor();
    const beat = await page.request.post('/api/heartbeat', { data: { id, uuid, ver: 1_004_009, conns: [], modified_at: 0 } });
    expect(beat.ok(), `the heartbeat is taken, not ${beat.status()}`);
    await row.getByText('Online').waitFor();
    expect((await names(page)).join() === before.join(), 'the row did not move');
  },

  // T13 and the exports of lists: what is asked for, all of it.
  async exports(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices?status=0');
    await page.getByText(/ of 124$/).waitFor();
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const text = readFileSync(await (await file).path(), 'utf8');
    expect(text.startsWith('\ufeff'), 'Excel knows the encoding');
    expect(text.trim().split('\n').length === 125, `all that match and a head, not ${text.trim().split('\n').length}`);
    expect(text.includes('前台-'), 'names are whole');
    const head = text.slice(1).split('\r\n')[0];
    expect(head.startsWith('guid,id,status,is_online') && !head.includes('cpu') && head.includes('device_name'), `what is shown and nothing else: ${head}`);
    await page.goto('/devices?status=0&cols=state,name,cpu&q=前台');
    await page.getByRole('columnheader', { name: 'Processor' }).waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const lines = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'JSON Lines' }).click();
    const first = JSON.parse(readFileSync(await (await lines).path(), 'utf8').split('\n')[0]);
    expect(Object.keys(first).join() === 'guid,id,status,is_online,sessions,device_name,cpu', `the columns of the address: ${Object.keys(first)}`);
    await page.goto('/audit/console');
    await page.getByRole('searchbox').fill('admin');
    await page.waitForURL(/q=admin/);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const second = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    expect(readFileSync(await (await second).path(), 'utf8').includes('admin'), 'the audit is exported');

    await page.goto('/device-groups');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const groups = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    expect(readFileSync(await (await groups).path(), 'utf8').startsWith('\ufeffguid,name,note,device_count'), 'groups are exported as they are shown');

    // However far it is scrolled sideways, a row is called by its name; and it opens wherever it is pressed.
    await page.goto('/devices?cols=state,name,id,owner,group,system,version,user,address,userGroup,host,effective,books,note,first,cpu,memory,seen');
    const region = page.getByRole('region', { name: 'Devices' });
    const row = page.getByRole('row').nth(1);
    await row.getByRole('link', { name: 'Connect', exact: true }).waitFor();
    await region.evaluate((list) => { list.scrollLeft = 600; });
    const left = (await region.boundingBox()).x;
    await page.waitForFunction((from) => {
      const name = document.querySelector('tbody tr [data-main] a').getBoundingClientRect();
      return name.left >= from && name.left < from + 80;
    }, left);
    const heading = await page.getByRole('columnheader', { name: 'Name', exact: true }).boundingBox();
    expect(heading.x >= left && heading.x < left + 80, 'the heading of the names stays with them');
    await audit(page, 'a list scrolled sideways');
    if (process.env.HAWSER_SHOTS) await page.screenshot({ path: `${process.env.HAWSER_SHOTS}/list-sideways.png` });
    await row.getByRole('cell').nth(11).click();
    await page.waitForURL(/\/devices\/\d+$/);

    // A filter of several values: in the address, on one chip, and what else it offers is counted beside them.
    await page.goto('/devices?os=linux%25');
    await page.getByRole('button', { name: 'Remove the filter System: linux' }).waitFor();
    const totals = async (query) => (await api(page, 'GET', `/api/devices?pageSize=1&${query}`)).total;
    const [linux, both] = [await totals('os=linux%25'), await totals('os=linux%25&os=windows%25')];
    expect(both > linux, 'the other system has devices, too');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('menuitem', { name: new RegExp(`^windows ?${both - linux}$`) }).click();
    await page.getByText(new RegExp(` of ${both.toLocaleString('en')}$`)).waitFor();
    expect(new URL(page.url()).searchParams.get('os') === 'linux%,windows%', 'both are in the address');
    await page.getByRole('button', { name: 'System: linux or windows' }).click();
    await page.getByRole('menuitem', { name: 'Without linux' }).waitFor();
    await audit(page, 'a filter of two values');
    if (process.env.HAWSER_SHOTS) await page.screenshot({ path: `${process.env.HAWSER_SHOTS}/list-values.png` });
    await page.getByRole('menuitem', { name: 'Without linux' }).click();
    await page.getByText(new RegExp(` of ${(both - linux).toLocaleString('en')}$`)).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'System: linux or windows' }).waitFor();

    // Many rows on a page: only those near what is seen are drawn, and the keyboard gets to all.
    await page.goto('/devices?size=1000');
    await page.getByText(/^1–1,000 of 1,240$/).waitFor();
    expect((await page.getByRole('row').count()) < 120, 'not all rows are drawn');
    await page.mouse.wheel(0, 20_000);
    await page.getByText('pc-00450').or(page.getByText('pc-00440')).or(page.getByText('pc-00430')).first().waitFor();
    expect((await page.getByRole('row').count()) < 120, 'still not all');
    await page.goto('/devices?q=nonesuch');
    await page.getByText('Nothing matches').waitFor();
    await audit(page, 'nothing matches');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(/^1–50 of 1,240$/).waitFor();
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
