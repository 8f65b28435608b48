// What is decided about devices and people: drafts of strategies and their history; in a real Chromium against a real
// server. node policy.mjs NAME BASE [JSON]; ends with 0, or says what was expected. HAWSER_SHOTS=FOLDER keeps pictures.
import { audit, expect, pick, presses, run, signIn, title } from './browser.mjs';
import { api, setOption, under } from './desk.mjs';
import { looks } from './looks.mjs';

const scenarios = {
  // T8: a person and a device are chosen; the verdict says why, and the address keeps the question.
  async reach(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    const pressed = presses();
    const choose = async (label, text, option) => {
      await page.getByRole('combobox', { name: label, exact: true }).or(page.getByRole('textbox', { name: label, exact: true })).first().fill(text);
      await pressed.press(page.getByRole('option', { name: option }).first());
    };
    await pressed.press(page.getByRole('link', { name: 'Access rules', exact: true }));
    await pressed.press(page.getByRole('tab', { name: 'Who can reach what' }));
    await choose('Person', 'alice', 'alice');
    await choose('Device', '482913377', /482 913 377/);
    await page.getByRole('heading', { name: 'alice can reach 482 913 377' }).waitFor();
    expect(pressed.count <= 4, `T8 takes four presses at most, not ${pressed.count}`);
    await page.waitForURL(/user=alice/);
    await looks(browser, page, new URL(page.url()).pathname + new URL(page.url()).search, 'explorer-pair');
  },

  // What is edited is tried on devices before it is stored; what was stored is put back, with the reason of each.
  async draft(browser, { ids }) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    const guid = await under(page, 'Tills 收银机', { 'enable-audio': 'N' }, ids.slice(0, 2));
    await under(page, 'Its own', { 'enable-camera': 'N' }, ids.slice(2));
    await api(page, 'POST', '/api/device-groups', { name: 'Shop 3', note: '' });
    for (const id of ids) {
      const device = (await api(page, 'GET', `/api/devices?id=${id}`)).data[0];
      await api(page, 'POST', `/api/devices/${device.guid}/assign`, { type: 'device_group_name', value: 'Shop 3' });
    }
    const { data: [group] } = await api(page, 'GET', '/api/device-groups?name=Shop%203');
    await api(page, 'POST', '/api/strategies/assign', { strategy: guid, peers: [], users: [], groups: [group.guid] });

    await page.goto(`/strategies/${guid}`);
    await title(page, 'Tills 收银机');
    await setOption(page, 'id-whitelist', 'Allowed IDs', (field) => field.fill('123456789\nnot an id'));
    await page.getByText('Line 2: “not an id” is no entry of this list').waitFor();
    await audit(page, 'a list with a wrong line');
    await setOption(page, 'id-whitelist', 'Allowed IDs', (field) => field.fill('123456789\n12345*'));
    await setOption(page, 'enable-audio', 'Sound', (field) => field.getByText('Client decides', { exact: true }).click());
    await page.getByText('2 changes', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Preview' }).click();
    await page.getByText('What 2 unsaved changes would do. Nothing is stored.').waitFor();
    await page.getByText(/2 are under this strategy, 1 are given it but are under a stronger one, and 2 of those under it are too old/).waitFor();
    await page.getByText('Its own applies, given to the device itself').waitFor();
    await audit(page, 'a draft on all devices');
    await page.getByText('A device group', { exact: true }).click();
    await pick(page, 'Device group', 'Shop', 'Shop 3');
    await page.getByText(/Of 3 devices, 2 are under this strategy/).waitFor();
    await page.getByText('A device', { exact: true }).click();
    await pick(page, 'Device', ids[0], /482 913 377/);
    await page.getByText('Tills 收银机 applies to this device.').waitFor();
    const row = page.getByRole('row', { name: /Allowed IDs/ });
    await row.getByText('123456789,12345*').waitFor();
    await page.waitForURL(new RegExp(`device=${ids[0]}`));
    await looks(browser, page, `/strategies/${guid}/preview?on=device&device=${ids[0]}`, 'strategy-preview');
    expect((await api(page, 'GET', `/api/strategies/${guid}`)).config_options['enable-audio'] === 'N', 'nothing is stored');

    await page.getByRole('tab', { name: 'Options' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    const review = page.getByRole('dialog', { name: 'What changes' });
    await review.getByLabel('Why (optional)').fill('Only the help desk 仅限服务台');
    await review.getByRole('button', { name: 'Save 2 changes' }).click();
    await review.waitFor({ state: 'hidden' });
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText(/admin · Only the help desk 仅限服务台/).waitFor();
    await looks(browser, page, `/strategies/${guid}/history`, 'strategy-history');
    await page.getByRole('button', { name: 'Put back version 1' }).click();
    await review.getByRole('row', { name: /Sound/ }).getByText('Off', { exact: true }).waitFor();
    await review.getByRole('button', { name: 'Save 2 changes' }).click();
    await review.waitFor({ state: 'hidden' });
    await page.getByRole('heading', { name: 'Version 3' }).waitFor();
    const { config_options: now } = await api(page, 'GET', `/api/strategies/${guid}`);
    expect(JSON.stringify(now) === '{"enable-audio":"N"}', `the first version is back, not ${JSON.stringify(now)}`);
  },
};

await run(scenarios);
