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
    await page.getByText('This decides: yes.').waitFor();
    await page.getByText('Needs an address').waitFor();
    await looks(browser, page, new URL(page.url()).pathname + new URL(page.url()).search, 'explorer-pair');
  },

  // Every question of the server with what became of it, what the device asks for itself, what would be otherwise, and
  // the list with what opens without a rule.
  async explorer(browser, { ids }) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    await under(page, 'Tills 收银机', { whitelist: '10.0.0.0/8', 'approve-mode': 'click' }, ids.slice(0, 1));
    await api(page, 'PATCH', '/api/settings/access', { default_policy: 'own', blocked_addresses: ['192.0.2.0/24'] });
    await api(page, 'POST', '/api/control-roles', { name: 'View only 仅查看', permissions: { keyboard: 'deny', file: 'allow' } });
    await api(page, 'POST', '/api/user-groups', { name: 'Service desk', note: '' });
    await api(page, 'POST', '/api/access/rules', {
      name: 'Desk 服务台', subject: { kind: 'user', name: 'eve' }, target: { kind: 'device', name: ids[0] }, control_role: 'View only 仅查看', note: 'Until May',
    });

    await page.goto(`/access/explore?user=eve&device=${ids[0]}`);
    await page.getByRole('heading', { name: /eve can reach 482 913 377/ }).waitFor();
    const rung = (question) => page.getByRole('listitem').filter({ hasText: question });
    await rung('Is the device enabled?').getByText('Passed').waitFor();
    await rung('Does a rule open it now?').getByText('This decides: yes.').waitFor();
    await rung('Does the device belong to nobody?').getByText('Not reached').waitFor();
    const sent = page.getByRole('list', { name: 'What is sent to the device' });
    expect((await sent.getByRole('listitem').count()) === 13, 'thirteen permissions are told');
    await sent.getByRole('listitem').filter({ hasText: 'Keyboard and mouse' }).getByText('Denied').waitFor();
    await sent.getByRole('listitem').filter({ hasText: 'Camera' }).getByText('Device decides').waitFor();
    await page.getByText('10.0.0.0/8').waitFor();
    await audit(page, 'a pair with a rule and hints');
    await page.getByLabel('From address (empty: not looked at)').fill('192.0.2.7');
    await page.getByLabel('From address (empty: not looked at)').press('Enter');
    await page.getByRole('heading', { name: /eve cannot reach 482 913 377/ }).waitFor();
    await page.getByText('Nobody is introduced from this address').waitFor();
    await page.waitForURL(/address=192\.0\.2\.7/);

    // Two things at once, and nothing is changed.
    await page.goto(`/access/explore?user=eve&device=${ids[0]}`);
    await page.getByText('Without a rule', { exact: true }).click();
    await pick(page, 'Without the rule', 'Desk', 'Desk 服务台');
    await page.getByText('No pair of a person and a device gains access, 1 loses it.').waitFor();
    await page.getByText('eve to 482 913 377').waitFor();
    await page.getByText('One more rule', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Who' }).or(page.getByRole('textbox', { name: 'Who' })).first().click();
    await page.getByRole('option', { name: 'Everybody who is signed in', exact: true }).click();
    await page.getByRole('combobox', { name: 'Reaches' }).or(page.getByRole('textbox', { name: 'Reaches' })).first().click();
    await page.getByRole('option', { name: 'All devices', exact: true }).click();
    await page.getByRole('button', { name: 'Suppose so' }).click();
    await page.getByText(/22 pairs of a person and a device gain access, none loses it/).waitFor();
    // What is supposed stands in the address, too.
    await page.reload();
    await page.getByRole('list', { name: 'What is supposed' }).getByRole('listitem').nth(1).waitFor();
    await page.getByText(/22 pairs of a person and a device gain access, none loses it/).waitFor();
    await page.getByRole('button', { name: 'More that gain', exact: true }).click();
    await page.getByText('11–20 of 22').waitFor();
    await audit(page, 'what if');
    expect((await api(page, 'GET', '/api/access/rules')).total === 1, 'nothing is changed');
    await looks(browser, page, `/access/explore?user=eve&device=${ids[0]}`, 'explorer-rule');

    await page.goto('/access/explore?user=eve');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV' }).click()]);
    expect(saved.suggestedFilename() === 'reach.csv', `reach.csv and not ${saved.suggestedFilename()}`);

    await page.goto('/access');
    const row = page.getByRole('row').filter({ hasText: 'Desk 服务台' });
    await row.getByText('Until May').waitFor();
    await page.getByRole('row').filter({ hasText: 'Own devices' }).getByText('Base policy').waitFor();
    await page.getByText(/There is no rule that denies/).waitFor();
    await page.getByRole('searchbox').fill('SERVICE');
    await page.waitForURL(/q=SERVICE/);
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('searchbox').fill('desk');
    await page.getByText(/^1–1 of 1$/).waitFor();
    expect((await page.getByRole('row').filter({ hasText: 'Own devices' }).count()) === 0, 'what is no rule does not match');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('row').filter({ hasText: 'Own devices' }).waitFor();
    await page.getByRole('button', { name: 'Actions for Desk 服务台' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    const asked = page.getByRole('dialog', { name: 'Disable Desk 服务台?' });
    await asked.getByText('eve to 482 913 377').waitFor();
    await asked.getByRole('button', { name: 'Disable' }).click();
    await row.getByText('Disabled').waitFor();
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText(/^Turned on: 0 pairs gain, \d+ lose; without signing in/).first().waitFor();
    await audit(page, 'the switches with their effect');
    await page.keyboard.press('Escape');
    await looks(browser, page, '/access', 'access-rules');
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
