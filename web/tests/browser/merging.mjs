// Devices: two rows that become one, and work on several that is carried through, in a real Chromium.
// node merging.mjs NAME BASE [JSON]; ends with 0, or says what was expected.
import { api, audit, expect, pick, run, signIn, title, until } from './browser.mjs';
import { looks } from './looks.mjs';

const tick = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
const more = async (page, item) => {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

await run({
  // The machine was set up anew: its old row gives what it has to the new one, and is gone.
  async merge(browser, { old, fresh }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices');
    await page.getByText(/^1–4 of 4$/).waitFor();
    await page.getByRole('button', { name: 'State', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('sort') === 'state');
    await tick(page, 'pc-old');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    expect(await page.getByRole('menuitem', { name: 'Merge these two' }).isDisabled(), 'one device is not merged');
    await page.keyboard.press('Escape');
    await tick(page, 'pc-new');
    await more(page, 'Merge these two');
    const dialog = page.getByRole('dialog', { name: 'Merge two devices' });
    await dialog.getByText('2 sessions, 0 file transfers, 0 recordings, 0 alarms').waitFor();
    expect(await dialog.getByRole('radio', { name: /pc-new/ }).isChecked(), 'the one that was there last stays');
    await dialog.getByText('Groups: Tills').waitFor();
    await dialog.getByText('Owner: admin').waitFor();
    await audit(page, 'two devices that become one');
    const button = dialog.getByRole('button', { name: 'Merge', exact: true });
    expect(await button.isDisabled(), 'the ID that goes has to be typed');
    await dialog.getByLabel('Reason (optional)').fill('set up anew');
    await dialog.getByLabel(`Type ${old} to confirm`).fill(old);
    await button.click();
    await page.getByText('They are one device now: pc-new.').first().waitFor();
    await page.getByText(/^1–3 of 3$/).waitFor();
    await page.goto(`/devices/${fresh}/sessions`);
    await page.getByText('2 of 2').or(page.getByText('1–2 of 2')).first().waitFor();
    await page.goto(`/devices/${fresh}`);
    await page.getByText(old.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')).first().waitFor();

    // On a phone nothing is wider than it.
    const phone = await browser.open({ width: 390, height: 844 });
    await signIn(phone.page, 'admin', '/devices?older=1.4.9');
    await phone.page.getByText('pc-third').first().waitFor();
    await audit(phone.page, 'devices with older clients on a phone');
  },

  // A strategy and a place in a book for several, as jobs; what failed is tried again when it can be done.
  async several(browser, { book, beat }) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/devices');
    await page.getByText(/^1–4 of 4$/).waitFor();
    await api(page, 'POST', '/api/strategies', { name: 'Quiet nights', options: {} });
    await tick(page, 'pc-old');
    await tick(page, 'pc-new');
    await more(page, 'Give a strategy');
    const give = page.getByRole('dialog', { name: 'Give a strategy' });
    await pick(page, 'Strategy', 'Quiet', 'Quiet nights', give);
    await give.getByRole('button', { name: 'Assign 2 devices' }).click();
    await page.getByText('Assign devices: 2 done').first().waitFor();
    const given = await api(page, 'GET', '/api/devices?strategy_name=Quiet%20nights');
    expect(given.total === 2, `two devices have the strategy, not ${given.total}`);

    await page.goto('/devices');
    await page.getByText(/^1–4 of 4$/).waitFor();
    await tick(page, 'pc-old');
    await tick(page, 'pc-new');
    await more(page, 'Add to address book');
    const add = page.getByRole('dialog', { name: 'Add to address book' });
    await pick(page, 'Address book', book, book, add);
    await add.getByRole('button', { name: 'Add 2 devices' }).click();
    // What the work before said may still be there, so that the book itself is asked.
    const entries = async () => (await api(page, 'GET', '/api/books/all?q=')).data.find((b) => b.name === book)?.entries;
    await until(async () => (await entries()) === 2, 'two devices are in the book');

    // Columns say what decides about each and which books it is in, and the list is asked for it.
    await page.goto('/devices?cols=state,name,effective,books,identity,host');
    const old = page.getByRole('row').filter({ hasText: 'pc-old' });
    await old.getByRole('link', { name: 'Quiet nights' }).waitFor();
    await old.getByRole('link', { name: book }).waitFor();
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('menuitem', { name: /^Quiet nights/ }).first().click();
    await page.waitForURL(/effective_strategy=Quiet/);
    await page.getByText(/^1–2 of 2$/).waitFor();
    await audit(page, 'what decides about devices');
    await old.getByRole('link', { name: 'Quiet nights' }).click();
    await page.waitForURL('**/policy');
    await page.goBack();

    // One of two is online, and stays; after it is disabled, trying again deletes it.
    await api(page, 'POST', '/api/heartbeat', beat);
    await page.goto('/devices?online=1');
    await page.getByText(/^1–1 of 1$/).waitFor();
    await page.goto('/devices?q=pc-');
    await page.getByText(/^1–4 of 4$/).waitFor();
    await tick(page, 'pc-third');
    await tick(page, 'pc-fourth');
    await more(page, 'Delete 2 devices');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 devices' }).click();
    await page.getByText(/^Delete devices: 1 done, 1 not\./).first().waitFor();
    const [row] = (await api(page, 'GET', '/api/devices?device_name=pc-fourth')).data;
    await api(page, 'POST', `/api/devices/${row.guid}/disable`);
    await page.getByRole('button', { name: 'Work in progress' }).click();
    await page.getByRole('dialog', { name: 'Work in progress' }).getByRole('button', { name: 'Retry failed' }).click();
    await page.getByText('Delete devices: 1 done', { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.goto('/devices');
    await page.getByText(/^1–2 of 2$/).waitFor();
  },

  // Groups: their order by one press, and what deleting one would open.
  async groups(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/device-groups');
    await page.getByText(/^1–3 of 3$/).waitFor();
    const order = async () => (await page.getByRole('row').allInnerTexts()).map((row) => /(North|Tills|Walk-in)/.exec(row)?.[0]).filter(Boolean).join();
    await page.getByRole('button', { name: 'Actions for Walk-in' }).click();
    await page.getByRole('menuitem', { name: 'Move up' }).waitFor();
    // A press that slips a little is a press still, also where rows are dragged.
    const item = await page.getByRole('menuitem', { name: 'Move up' }).boundingBox();
    await page.mouse.move(item.x + 20, item.y + 12);
    await page.mouse.down();
    await page.mouse.move(item.x + 30, item.y + 16, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => {
      const text = document.querySelector('table')?.innerText ?? '';
      return text.indexOf('Walk-in') < text.indexOf('Tills');
    });
    expect((await order()) === 'North,Walk-in,Tills', `one place up: ${await order()}`);
    // By drag as well, and back.
    const row = (name) => page.getByRole('row').filter({ hasText: name });
    for (const [name, to, expected] of [['North', 'Tills', 'Walk-in,Tills,North'], ['North', 'Walk-in', 'North,Walk-in,Tills']]) {
      await row(name).dragTo(row(to), { sourcePosition: { x: 300, y: 20 }, targetPosition: { x: 300, y: 20 } });
      await page.waitForFunction((names) => {
        const text = document.querySelector('table')?.innerText ?? '';
        return names.split(',').every((one, index, all) => index === 0 || text.indexOf(all[index - 1]) < text.indexOf(one));
      }, expected);
    }
    await audit(page, 'device groups');
    await page.getByRole('button', { name: 'Actions for Tills' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete Tills?' });
    await dialog.getByText('1 device is in it no more.').waitFor();
    await dialog.getByText('1 device becomes unassigned: 400 000 000').waitFor();
    await dialog.getByText('ann and 400 000 000').waitFor();
    await audit(page, 'what deleting a group opens');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText(/^1–2 of 2$/).waitFor();

    // Its members: ticked on one page and after a search, saved once; the other pages about it.
    await page.getByRole('link', { name: 'Walk-in', exact: true }).click();
    await title(page, 'Walk-in');
    await page.getByText('Nobody is in this group yet').waitFor();
    await page.getByText('All', { exact: true }).click();
    await page.getByText(/^1–4 of 4$/).waitFor();
    const boxes = page.getByRole('checkbox', { name: /is in the group$/ });
    await boxes.first().check();
    await page.getByRole('searchbox', { name: 'Search names, IDs, owners' }).fill('400000001');
    await page.getByText(/^1–1 of 1$/).waitFor();
    await boxes.first().check();
    await page.getByText('2 come, 0 go').waitFor();
    await audit(page, 'members of a group');
    await page.getByRole('button', { name: 'Save members' }).click();
    await page.getByText('Members of Walk-in saved').first().waitFor();
    await page.goto(page.url().split('?')[0]);
    await page.getByText(/^1–2 of 2$/).waitFor();
    const here = new URL(page.url()).pathname;
    await page.getByRole('tab', { name: 'Reach' }).click();
    await page.getByText('Nobody by a rule').waitFor();
    await audit(page, 'the reach of a group');
    await page.getByRole('tab', { name: 'Strategy' }).click();
    await page.getByRole('heading', { name: 'Strategy' }).waitFor();
    await audit(page, 'the strategy of a group');
    await page.getByRole('tab', { name: 'Audit' }).click();
    await page.getByRole('row').filter({ hasText: 'Walk-in' }).first().waitFor();
    await audit(page, 'the log of a group');
    const phone = await browser.open({ width: 390, height: 844 });
    await signIn(phone.page, 'admin', '/device-groups');
    await phone.page.getByText('Walk-in').first().waitFor();
    await audit(phone.page, 'device groups on a phone');
    await looks(browser, page, here, 'group-members');
  },

  // A deleted account waits in the bin; under another name when its own was given away; gone for good by its number.
  async userBin(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/users');
    await page.getByText(/^1–3 of 3$/).waitFor();
    await page.getByRole('button', { name: 'Actions for ann' }).click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog', { name: 'Delete ann?' }).getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('ann is in the bin.').first().waitFor();
    await page.getByText(/^1–2 of 2$/).waitFor();
    await page.getByRole('tab', { name: 'Recently deleted' }).click();
    await title(page, 'Recently deleted');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('The bin is empty').waitFor();
    await page.getByRole('tab', { name: 'In use' }).click();
    await page.getByText(/^1–3 of 3$/).waitFor();

    await page.getByRole('button', { name: 'Actions for ann' }).click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog', { name: 'Delete ann?' }).getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText(/^1–2 of 2$/).waitFor();
    await api(page, 'POST', '/api/users', { name: 'ann', password: 'Tulip#42 of Mara', email: '' });
    await page.getByRole('tab', { name: 'Recently deleted' }).click();
    await title(page, 'Recently deleted');
    await page.getByText('ann (name taken)').first().waitFor();
    await audit(page, 'the bin of users');
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore ann under another name' });
    await dialog.getByLabel('New name').fill('ann.old');
    await audit(page, 'another name');
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('The bin is empty').waitFor();
    await page.goto('/users?q=ann.old');
    await page.getByText(/^1–1 of 1$/).waitFor();

    await page.getByRole('button', { name: 'Actions for ann.old' }).click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Nothing matches').waitFor();
    await page.goto('/users/deleted');
    await page.getByRole('checkbox', { name: 'Select ann.old', exact: true }).check();
    await page.getByRole('button', { name: 'Delete 1 user for good' }).click();
    const purge = page.getByRole('dialog', { name: 'Delete 1 user for good?' });
    await purge.getByLabel('Reason (optional)').fill('left');
    await purge.getByLabel('Type 1 to confirm').fill('1');
    await audit(page, 'gone for good');
    await purge.getByRole('button', { name: 'Delete 1 user for good' }).click();
    await page.getByText('The bin is empty').waitFor();
  },
});
