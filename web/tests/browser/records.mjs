// Scenarios of address books, recordings and settings in a real Chromium against a real server.
// node records.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { readFileSync } from 'node:fs';
import { audit, expect, launch, presses, shoot } from './browser.mjs';

const password = 'Tulip#42 of Mara';

async function signIn(page, name, to = '/') {
  await page.goto(to);
  await page.getByLabel('Name or mail address').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const book = (page, name) => page.getByRole('heading', { level: 2, name }).waitFor();

async function pick(page, label, option) {
  await page.getByLabel(label, { exact: true }).first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

const scenarios = {
  // 28: a book for everyone, but one person may only read.
  async sharing(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/books');
    await title(page, 'Address books');
    await page.getByText('No devices in this book').waitFor();
    await audit(page, 'an empty book');
    await page.getByRole('button', { name: 'Add shared book' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('Customers 北');
    await form.getByRole('button', { name: 'Add shared book' }).click();
    await book(page, 'Customers 北');
    await page.getByText('Only admin may use this book.').waitFor();
    await pick(page, 'Share with', 'Everyone');
    await pick(page, 'Right', 'Full control');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Stop sharing with Everyone' }).waitFor();
    await pick(page, 'Share with', 'Person');
    await pick(page, 'Person', 'mara');
    await pick(page, 'Right', 'Read');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Stop sharing with mara' }).waitFor();
    await audit(page, 'sharing');
    await page.getByRole('tab', { name: 'Devices' }).click();
    await page.getByRole('button', { name: 'Add device' }).click();
    await page.getByRole('dialog').getByLabel('ID or address').fill('192.168.1.7:21118');
    await page.getByRole('dialog').getByLabel('Alias (optional)').fill('前台 printer');
    await audit(page, 'add a device');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: '前台 printer', exact: true }).waitFor();
    const address = page.url();

    const other = await browser.open({ width: 390, height: 844, dark: true });
    await signIn(other.page, 'mara', new URL(address).pathname);
    await other.page.getByText('You may read this book.').waitFor();
    await other.page.getByText('前台 printer').waitFor();
    expect((await other.page.getByRole('button', { name: 'Add device' }).count()) === 0, 'who may read adds nothing');
    expect((await other.page.getByRole('tab').count()) === 1, 'who may read has no other tab');
    await audit(other.page, 'a book to read, on a phone');
  },
  // T14 and T15: a shared book for a group, and two hundred devices from a file, in so many presses.
  async budgets(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/');
    await title(page, 'Home');
    const shared = presses();
    await shared.press(page.getByRole('link', { name: 'Address books', exact: true }));
    await shared.press(page.getByRole('button', { name: 'Add shared book' }));
    const form = page.getByRole('dialog', { name: 'Add shared book' });
    await form.getByLabel('Name', { exact: true }).fill('Branches');
    await shared.press(form.getByRole('button', { name: 'Add shared book' }));
    await book(page, 'Branches');
    const group = page.getByRole('combobox', { name: 'User group', exact: true }).or(page.getByRole('textbox', { name: 'User group', exact: true })).first();
    await group.fill('Default');
    await shared.press(page.getByRole('option', { name: 'Default', exact: true }));
    await shared.press(page.getByRole('button', { name: 'Share', exact: true }));
    await page.getByRole('button', { name: 'Stop sharing with Default' }).waitFor();
    expect(shared.count <= 7, `T14 takes seven presses at most, not ${shared.count}`);

    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await title(page, 'Home');
    const imported = presses();
    await imported.press(page.getByRole('link', { name: 'Address books', exact: true }));
    await imported.press(page.getByRole('link', { name: 'Import CSV' }));
    const rows = Array.from({ length: 200 }, (_, i) => `${900_000_000 + i},Kasse ${i},,`);
    imported.count += 1;
    await page.getByLabel('Choose a file').setInputFiles({
      name: 'book.csv', mimeType: 'text/csv', buffer: Buffer.from(['ID,Alias,Tags,Note', ...rows].join('\n')),
    });
    await imported.press(page.getByRole('button', { name: 'Show what would happen' }));
    await page.getByText('200 new').waitFor();
    await imported.press(page.getByRole('button', { name: 'Import 200 devices' }));
    await page.getByRole('button', { name: 'Download the report' }).waitFor();
    expect(imported.count <= 6, `T15 takes six presses at most, not ${imported.count}`);
    await page.getByRole('link', { name: 'Back to My address book' }).click();
    await page.getByText(/^1–50 of 200$/).waitFor();
  },

  // 29 and 30: an import with bad rows, its export again, the bin.
  async imports(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/books');
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await title(page, 'Import into My address book');
    const rows = Array.from({ length: 200 }, (_, i) =>
      i % 40 === 7 ? `,without an id ${i},,` : `${900_000_000 + i},"Kasse ${i}, 前台",${i % 2 ? 'till;north' : ''},`);
    await page.getByLabel('Or paste it here').fill(['ID,Alias,Tags,Note', ...rows].join('\n'));
    await page.getByRole('button', { name: 'Read what was pasted' }).click();
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.getByText('195 new').waitFor();
    await page.getByText('5 invalid').waitFor();
    await audit(page, 'a preview');
    await page.getByRole('button', { name: 'Import 195 devices' }).click();
    const report = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the report' }).click();
    expect((await report).suggestedFilename() === 'import-report.csv', 'there is a report');
    await page.getByRole('link', { name: 'Back to My address book' }).click();
    await page.getByText(/^1–50 of 195$/).waitFor();

    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem', { name: 'CSV', exact: true }).click();
    const exported = await (await file).path();
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await page.getByLabel('Choose a file').setInputFiles({ name: 'book.csv', mimeType: 'text/csv', buffer: readFileSync(exported) });
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.getByText('195 without change').waitFor();
    await page.getByRole('link', { name: 'Back to My address book' }).click();

    await page.getByRole('button', { name: 'till' }).click();
    await page.getByText(/ of 9\d$/).waitFor();
    expect(new URL(page.url()).searchParams.get('tag') === 'till', 'the tag is in the address');
    const toBin = async () => {
      await page.getByRole('checkbox', { name: 'Select this page' }).check();
      await page.getByRole('toolbar').getByRole('button', { name: 'Move to the bin' }).click();
      const asked = page.getByRole('dialog', { name: 'Move 50 devices to the bin?' });
      await asked.getByRole('button', { name: 'Do it' }).click();
    };
    await toBin();
    await page.getByText('Move devices to the bin: 50 done').waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('tab', { name: 'Recycle bin', exact: true }).waitFor();
    await toBin();
    await page.getByRole('tab', { name: 'Recycle bin (50)' }).click();
    await page.getByRole('button', { name: 'Empty the bin' }).click();
    const ask = page.getByRole('dialog');
    await audit(page, 'emptying the bin');
    expect(await ask.getByRole('button', { name: 'Delete 50 for good' }).isDisabled(), 'the count has to be typed');
    await ask.getByLabel('Type 50 to confirm').fill('50');
    await ask.getByRole('button', { name: 'Delete 50 for good' }).click();
    await page.getByText('The recycle bin is empty').waitFor();
  },

  // All that match are tagged, copied without their passwords and moved with them; two tags become one; a row's own menu.
  async selections(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/books');
    for (const name of ['From', 'To']) {
      await page.getByRole('button', { name: 'Add shared book' }).click();
      const form = page.getByRole('dialog', { name: 'Add shared book' });
      await form.getByLabel('Name', { exact: true }).fill(name);
      await form.getByRole('button', { name: 'Add shared book' }).click();
      await book(page, name);
    }
    await page.getByRole('link', { name: /^From/ }).click();
    await book(page, 'From');
    await page.getByRole('link', { name: 'Import CSV' }).click();
    const rows = Array.from({ length: 60 }, (_, i) => `${700_000_000 + i},Kasse ${i},${i < 30 ? 'till' : 'tills'},${i < 3 ? 's3cret' : ''}`);
    await page.getByLabel('Or paste it here').fill(['ID,Alias,Tags,Password', ...rows].join('\n'));
    await page.getByRole('button', { name: 'Read what was pasted' }).click();
    await page.getByRole('button', { name: 'Show what would happen' }).click();
    await page.getByText('60 new').waitFor();
    await page.getByRole('button', { name: 'Import 60 devices' }).click();
    await page.getByRole('link', { name: 'Back to From' }).click();
    await page.getByText(/^1–50 of 60$/).waitFor();

    // The filter is sent, not the rows.
    await page.getByRole('checkbox', { name: 'Select this page' }).check();
    const bar = page.getByRole('toolbar');
    await bar.getByRole('button', { name: 'Select all 60 that match' }).click();
    await bar.getByText('All 60 that match are selected').waitFor();
    await audit(page, 'a selection of a book');
    await shoot(page, 'book-selection');
    await bar.getByRole('button', { name: 'Copy or move' }).click();
    const copy = page.getByRole('dialog', { name: '60 devices into another book' });
    await pick(page, 'Into the book', 'To');
    await copy.getByText('60 devices would be new in To.').waitFor();
    await copy.getByText('3 of them have passwords here. They stay behind, unless you take them along.').waitFor();
    await audit(page, 'a copy into another book');
    await shoot(page, 'book-copy');
    await copy.getByRole('button', { name: 'Copy 60 devices' }).click();
    await page.getByText('Copy devices into a book: 60 done').waitFor();
    // It is a job: it can be taken back for a day, after a reload, too.
    await page.reload();
    await page.getByRole('button', { name: 'Work in progress' }).click();
    const tray = page.getByRole('dialog', { name: 'Work in progress' });
    await audit(page, 'the tray with work that can be taken back');
    await shoot(page, 'book-tray');
    await tray.getByRole('button', { name: 'Undo all' }).click();
    await page.getByText('Undo: 60 done').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /^To/ }).click();
    await page.getByText('No devices in this book').waitFor();

    // One moves with its password; the menu of a row comes where it is asked for.
    await page.getByRole('link', { name: /^From/ }).click();
    await page.getByRole('searchbox', { name: 'Search alias, ID, note, host or user' }).fill('Kasse 2');
    await page.getByText(/^1–11 of 11$/).waitFor();
    await page.getByRole('checkbox', { name: 'Select Kasse 2', exact: true }).check();
    await bar.getByRole('button', { name: 'Copy or move' }).click();
    const move = page.getByRole('dialog', { name: '1 device into another book' });
    await move.getByText('Move', { exact: true }).click();
    await pick(page, 'Into the book', 'To');
    await move.getByRole('checkbox', { name: 'Take the passwords along' }).check();
    await move.getByRole('button', { name: 'Move 1 device' }).click();
    await page.getByText('1 device is in To now').waitFor();
    await page.getByText(/^1–10 of 10$/).waitFor();
    await page.getByRole('row', { name: /Kasse 21/ }).click({ button: 'right', position: { x: 400, y: 20 } });
    const menu = page.getByRole('menu', { name: 'Actions for Kasse 21' });
    await menu.getByRole('menuitem', { name: 'Copy the ID' }).waitFor();
    await shoot(page, 'book-menu');
    const [at, row] = [await menu.boundingBox(), await page.getByRole('row', { name: /Kasse 21/ }).boundingBox()];
    expect(Math.abs(at.x - row.x - 400) < 30, `the menu is where it was asked for: ${at.x} of ${row.x}`);
    await page.keyboard.press('Escape');

    // What matches nothing says how many there are without that.
    await page.getByRole('searchbox', { name: 'Search alias, ID, note, host or user' }).fill('nobody has this');
    await page.getByText('Without it there are 59 entries.').waitFor();
    await audit(page, 'nothing matches');
    await shoot(page, 'book-nothing');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(/ of 59$/).waitFor();

    // Two spellings of a tag become one, and two again.
    await page.getByRole('tab', { name: 'Tags' }).click();
    await page.getByRole('button', { name: 'Merge tills into another tag' }).click();
    const merge = page.getByRole('dialog', { name: 'Merge tills into another tag' });
    await pick(page, 'Into the tag', 'till');
    await merge.getByText(/^30 devices that have tills get the other tag instead/).waitFor();
    await merge.getByRole('button', { name: 'Merge' }).click();
    await page.getByText('59 devices').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('button', { name: 'Merge tills into another tag' }).waitFor();
    await page.getByText('30 devices').waitFor();
    await page.getByRole('button', { name: 'Colour of tills' }).click();
    await audit(page, 'the colours of a tag');
    await shoot(page, 'book-colours');
    await page.getByRole('button', { name: 'Teal' }).click();
    await page.getByRole('tab', { name: 'Devices' }).click();
    await page.getByRole('button', { name: 'tills 30' }).waitFor();
    await page.getByRole('tab', { name: 'Recycle bin (1)' }).click();
    await page.getByText('Deleted devices stay here for 30 days and can be brought back with their tags and notes.').waitFor();
    await page.getByRole('columnheader', { name: 'Gone for good' }).waitFor();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByText('59 of at most 50,000').waitFor();
    await audit(page, 'the settings of a book');
    await shoot(page, 'book-settings');
  },

  // 38 in part: a recording is found, played from a moment, noted, held.
  async recordings(browser, { id, other }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/recordings?status=ready');
    await title(page, 'Recordings');
    await page.getByRole('link', { name: id }).waitFor();
    await audit(page, 'recordings');

    // All that match, also those of other pages: held, taken back with one press, deleted.
    await page.goto('/recordings?status=error');
    await page.getByText('nothing to play').first().waitFor();
    await page.getByRole('button', { name: 'Finish again' }).first().waitFor();
    const choose = async (work) => {
      await page.getByRole('checkbox', { name: 'Select this page' }).check();
      const bar = page.getByRole('toolbar');
      await bar.getByRole('button', { name: 'Select all 60 that match' }).click();
      await bar.getByText('All 60 that match are selected').waitFor();
      await bar.getByRole('button', { name: work, exact: true }).click();
    };
    await choose('Hold');
    const many = page.getByRole('dialog', { name: 'Hold 60 recordings?' });
    await many.getByLabel('Reason, for the audit (optional)').fill('case 18');
    await many.getByRole('button', { name: 'Hold' }).click();
    await page.getByText('Hold recordings: 60 done').first().waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText('Undo: 60 done').first().waitFor();
    await page.goto('/recordings?status=error&held=true');
    await page.getByText('Nothing matches').waitFor();
    await page.goto('/recordings?status=error');
    await choose('Delete');
    await audit(page, 'deleting many recordings');
    await shoot(page, 'recordings-delete');
    const gone = page.getByRole('dialog', { name: 'Delete 60 recordings?' });
    await gone.getByLabel('Reason, for the audit').fill('empty');
    await gone.getByLabel('Type 60 to confirm').fill('60');
    await gone.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Delete recordings: 60 done').first().waitFor();
    await page.getByText('Nothing matches').waitFor();

    await page.goto(`/recordings/${id}?t=3`);
    const position = page.getByRole('slider', { name: 'Position' });
    await page.waitForFunction(() => {
      const video = document.querySelector('video');
      return video !== null && video.readyState >= 2 && video.currentTime >= 2.9;
    });
    await audit(page, 'a recording');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('video').currentTime < 1);
    expect((await position.getAttribute('aria-valuetext')).startsWith('0:00 of 0:0'), 'the slider says where it is');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.waitForFunction(() => document.querySelector('video').currentTime > 0.2);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Title (optional)').fill('Printer 打印机');
    await page.getByRole('button', { name: 'Save' }).click();
    await title(page, 'Printer 打印机');
    await page.getByRole('button', { name: 'Hold' }).click();
    const keep = page.getByRole('dialog', { name: 'Hold 1 recording?' });
    await keep.getByLabel('Reason, for the audit (optional)').fill('case 17');
    await keep.getByRole('button', { name: 'Hold' }).click();
    await page.getByText('On hold', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Delete' }).isDisabled(), 'what is on hold is not deleted');
    await page.getByText('1 recording is on hold').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('1 recording was released').waitFor();
    await page.getByText(/^[0-9a-f]{64}$/).waitFor();
    await page.reload();
    await page.getByText('admin watched it').first().waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByLabel('Reason, for the audit').fill('no longer needed');
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).isDisabled(), 'how many has to be typed');
    await page.getByRole('dialog').getByLabel('Type 1 to confirm').fill('1');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await title(page, 'Recordings');

    // What this browser can't play: the server makes an MP4, which is played or, without H.264, fetched.
    await page.getByRole('link', { name: other }).click();
    await page.getByText('This browser can not play it (video/mp4, H265).').waitFor();
    await audit(page, 'a recording that can not be played');
    await shoot(page, 'recording-unplayable');
    await page.getByRole('button', { name: 'Make an MP4' }).click();
    const fetched = page.getByRole('link', { name: /^Download the MP4 \(/ });
    await fetched.waitFor();
    const plays = await page.evaluate(() => document.createElement('video').canPlayType('video/mp4; codecs="avc1.640028, mp4a.40.2"') !== '');
    await audit(page, 'an MP4 of it');
    await shoot(page, 'recording-copy');
    const download = page.waitForEvent('download');
    await fetched.click();
    expect((await download).suggestedFilename() === `${other}-copy.mp4`, 'the MP4 is saved under its name');
    const head = readFileSync(await (await download).path()).subarray(4, 8).toString('latin1');
    expect(head === 'ftyp', 'it is an MP4');
    if (plays) {
      await page.getByRole('button', { name: 'Play the MP4' }).click();
      await page.waitForFunction(() => document.querySelector('video').readyState >= 2);
      await page.getByText('This browser can not play it').waitFor({ state: 'detached' });
    } else {
      await page.getByText('There is an MP4 of it, but this browser can not play that either.').waitFor();
      expect((await page.getByRole('button', { name: 'Play the MP4' }).count()) === 0, 'what can not be played is not offered');
    }
  },

  // Settings: kept changes, a question before they are lost, a token shown once, a provider.
  async settings(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings');
    await title(page, 'General');
    await page.getByLabel('Name of this server').fill('Werkstatt 上海');
    await page.getByText('1 change').waitFor();
    await page.getByRole('link', { name: 'Relays' }).click();
    const ask = page.getByRole('dialog', { name: 'Leave without saving?' });
    await audit(page, 'leaving changes');
    await ask.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByRole('banner').getByText('Werkstatt 上海').waitFor();

    // Who connects and which devices come is asked for here, too; their own pages say the same.
    await page.getByRole('checkbox', { name: 'Only people who are signed in connect' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: 'New devices wait for approval' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await audit(page, 'what is general');
    await shoot(page, 'settings-general', { isFull: true });
    await page.getByRole('link', { name: 'Enrolment' }).click();
    expect(await page.getByRole('checkbox', { name: 'New devices wait for approval' }).isChecked(), 'both pages say the same');
    await page.goto('/access');
    await page.getByText('Nobody connects without being signed in in the client.').waitFor();
    await page.goto('/settings');

    await page.getByRole('link', { name: 'API tokens' }).click();
    await page.getByText('No API tokens').waitFor();
    await page.getByRole('button', { name: 'Make a token' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('nightly report');
    await form.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('This is the only time that it is shown.').waitFor();
    await audit(page, 'a token');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('Devices: read', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Sign-in providers' }).click();
    await page.getByRole('button', { name: 'Add provider' }).first().click();
    await page.getByRole('dialog').getByLabel('Client ID').fill('hawser');
    await page.getByRole('dialog').getByLabel('Client secret').fill('s3cret');
    const drawing = (text) => page.getByRole('dialog').locator('input[type=file]').setInputFiles({
      name: 'icon.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(text),
    });
    await drawing('no picture');
    await page.getByText('This is no SVG picture, or it is too large.').waitFor();
    await drawing('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove picture' }).waitFor();
    await audit(page, 'a provider');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Remove google' }).waitFor();
    await page.getByRole('button', { name: 'Edit google' }).click();
    expect((await page.getByRole('dialog').getByLabel('Client secret').inputValue()) === '', 'a secret never comes back');
    const { providers } = await page.evaluate(async () => (await fetch('/api/console/start')).json());
    expect(providers[0].icon.startsWith('<svg'), 'the sign-in page has the icon');
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
