// What is watched: relays on Home, alarms and their rules, options on their way to a live host, roll-outs that stop by
// themselves; in a real Chromium against a real server. node watching.mjs NAME BASE [JSON]; ends with 0, or says what was
// expected. HAWSER_SHOTS=FOLDER keeps pictures.
import { createServer } from 'node:net';
import { audit, expect, pick, presses, run, signIn, title, until } from './browser.mjs';
import { api, beatingHost as host, long, setOption, under } from './desk.mjs';
import { looks } from './looks.mjs';

const scenarios = {
  // 10: Home says which relay does not answer, and no more when it does; without being loaded again.
  async relay(browser, { port }) {
    const listen = (at) => new Promise((done) => {
      const server = createServer((socket) => socket.destroy()).listen(at, '127.0.0.1', () => done(server));
    });
    let relay = await listen(port);
    const other = await listen(port + 1);
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    for (const at of [port, port + 1]) await api(page, 'POST', '/api/relays', { address: `127.0.0.1:${at}` });
    const line = page.getByRole('link', { name: `Relay 127.0.0.1:${port} takes no connections` });
    await line.waitFor({ state: 'hidden' });
    await page.evaluate(() => (window.hawserSame = true));
    await new Promise((done) => relay.close(done));
    await line.waitFor();
    await line.getByText('Down', { exact: true }).waitFor();
    await page.getByText('Part of this server does not work as it should.', { exact: true }).waitFor();
    await looks(browser, page, '/', 'home-relay-down');
    relay = await listen(port);
    await line.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => window.hawserSame === true), 'the page was not loaded again');
    relay.close();
    other.close();
  },

  // T4 with one press; the chart by keys, as a table, and over another time.
  async home(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    await page.getByText('75% / 25%', { exact: true }).waitFor();
    const chart = page.getByRole('slider', { name: 'Activity' });
    await chart.focus();
    await page.keyboard.press('Home');
    const said = () => chart.getAttribute('aria-valuetext');
    expect(/Devices online: 100, Sessions: 3, Through relays: 8 Mbit/.test(await said()), `the first step is told: ${await said()}`);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('PageUp');
    expect(/Devices online: not measured/.test(await said()), `a gap is told: ${await said()}`);
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('columnheader', { name: 'Through relays' }).waitFor();
    await audit(page, 'activity as a table');
    await page.getByRole('button', { name: 'Show as lines' }).click();
    await page.getByText('7 days', { exact: true }).click();
    await page.waitForURL(/range=week/);
    await page.reload();
    await page.getByRole('radio', { name: '7 days', checked: true }).waitFor({ state: 'attached' });
    await page.getByText('A relay does not answer').waitFor();
    await looks(browser, page, '/', 'home');

    await page.getByLabel('Note on the session with 482 913 377').fill('changed the toner, 换了墨粉');
    await page.keyboard.press('Enter');
    await page.getByText('The note is stored.').waitFor();
    await page.getByRole('button', { name: 'Change note: session with 482 913 377' }).waitFor();
    const { latest } = await api(page, 'GET', '/api/console/overview');
    expect(latest[0].note === 'changed the toner, 换了墨粉', 'the note is stored');
  },

  // The inbox: seen, given to somebody, muted; and the rules of what is watched.
  async alarms(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/alarms?cols=what,state,severity,count,first,time,device,assigned');
    await title(page, 'Alarms');
    const row = page.getByRole('row', { name: /A relay does not answer/ });
    await row.getByText('New', { exact: true }).waitFor();
    await row.getByText('2 times', { exact: true }).waitFor();
    const act = async (item) => {
      await row.getByRole('button', { name: 'Actions for “A relay does not answer”' }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await act('Mark as seen');
    await row.getByText('Seen', { exact: true }).waitFor();
    await act('Assign to me');
    await row.getByText('admin', { exact: true }).first().waitFor();
    await act('Resolve');
    const resolve = page.getByRole('dialog', { name: 'Resolve the alarm' });
    await resolve.getByLabel('What was found (optional)').fill('The cable was out. 网线松了');
    await audit(page, 'resolving an alarm');
    await resolve.getByRole('button', { name: 'Resolve' }).click();
    await row.getByText('Resolved', { exact: true }).waitFor();
    await row.getByText('2 times', { exact: true }).waitFor();
    await act('Show each');
    await page.getByRole('row', { name: /A relay does not answer/ }).nth(1).waitFor();
    await page.goBack();
    await row.getByText('2 times', { exact: true }).waitFor();
    await act('Mute');
    const mute = page.getByRole('dialog', { name: 'Mute such alarms' });
    await audit(page, 'muting');
    await mute.getByRole('button', { name: 'Mute' }).click();
    await mute.waitFor({ state: 'hidden' });
    await looks(browser, page, '/alarms', 'alarms');
    await page.getByRole('tab', { name: 'Muted' }).click();
    await title(page, 'Muted alarms');
    await page.getByText('relay.example.net').waitFor();
    await looks(browser, page, '/alarms/muted', 'alarms-muted');
    await page.getByRole('button', { name: /^Unmute A relay does not answer/ }).click();
    await page.getByText('Nothing is muted').waitFor();

    // Where an alarm came from is refused from now on, and let in again in the list of what is muted and blocked.
    await page.goto('/alarms');
    await page.getByRole('button', { name: 'Actions for “More than 30 failed attempts”' }).click();
    await page.getByRole('menuitem', { name: 'Open device' }).waitFor();
    await page.getByRole('menuitem', { name: 'Block address' }).click();
    const block = page.getByRole('dialog', { name: 'Block the address' });
    expect(await block.getByLabel('Address or network').inputValue() === '203.0.113.7', 'the address is that of the alarm');
    await audit(page, 'blocking an address');
    await block.getByRole('button', { name: 'Block address' }).click();
    await block.waitFor({ state: 'hidden' });
    const blocked = async () => (await api(page, 'GET', '/api/access/blocked')).addresses.join();
    expect(await blocked() === '203.0.113.7', `it is blocked, not ${await blocked()}`);
    await page.getByRole('tab', { name: 'Muted' }).click();
    await page.getByRole('button', { name: 'Unblock 203.0.113.7' }).waitFor();
    await looks(browser, page, '/alarms/muted', 'alarms-blocked');
    await page.getByRole('button', { name: 'Unblock 203.0.113.7' }).click();
    await page.getByRole('button', { name: 'Unblock 203.0.113.7' }).waitFor({ state: 'hidden' });
    expect(await blocked() === '', `it is let in again, not ${await blocked()}`);

    await api(page, 'POST', '/api/device-groups', { name: 'Tills, 收银机', note: '' });
    // A channel that collects, and keeps quiet at night; a test does not wait.
    await page.goto('/settings/notifications');
    await page.getByRole('button', { name: 'Add channel' }).first().click();
    const channel = page.getByRole('dialog', { name: 'Add channel' });
    await channel.getByRole('combobox', { name: 'Kind' }).or(channel.getByRole('textbox', { name: 'Kind' })).first().click();
    await page.getByRole('option', { name: 'Web hook' }).click();
    await channel.getByLabel('Name').fill('Night shift 夜班');
    await channel.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9/hook');
    await channel.getByLabel('It may be an address of the own network').check();
    // A header whose value is never shown again, and more than alarms.
    await channel.getByRole('button', { name: 'Add header' }).click();
    await channel.getByLabel('Name of header 1').fill('X-Team');
    await channel.getByLabel('Value of header 1', { exact: true }).fill('night watch');
    await pick(page, 'Tell of', 'began', 'Sessions that began', channel);
    await channel.getByRole('combobox', { name: 'How' }).or(channel.getByRole('textbox', { name: 'How' })).first().click();
    await page.getByRole('option', { name: 'Collected, every day' }).click();
    await channel.getByRole('checkbox', { name: 'Quiet hours' }).check();
    await channel.getByLabel('Time zone').fill('Mars/Olympus');
    await channel.getByRole('button', { name: 'Save' }).click();
    await channel.getByText('"Mars/Olympus" is no time zone').waitFor();
    await channel.getByLabel('Time zone').fill('Europe/Berlin');
    await audit(page, 'a channel with quiet hours');
    await channel.getByRole('button', { name: 'Save' }).click();
    await channel.getByText('Requests are signed with this secret').waitFor();
    await page.keyboard.press('Escape');
    const told = (await api(page, 'GET', '/api/notifications/channels')).at(-1);
    expect(told.headers.join() === 'X-Team' && told.events.join() === 'alarm,session.begun', `what is told: ${JSON.stringify(told)}`);
    await page.getByRole('button', { name: 'Edit Night shift 夜班' }).click();
    const edited = page.getByRole('dialog', { name: 'Edit Night shift 夜班' });
    expect((await edited.getByLabel('Value of header 1', { exact: true }).inputValue()) === '', 'the value is not shown again');
    await audit(page, 'the headers of a web hook');
    await edited.getByRole('button', { name: 'Remove header 1' }).click();
    await edited.getByRole('button', { name: 'Save' }).click();
    await edited.waitFor({ state: 'detached' });
    await page.getByText(/Collected, every day 08:00 · quiet 22:00–07:00 · Europe\/Berlin · none collected/).waitFor();
    await looks(browser, page, '/settings/notifications', 'channels');
    await page.goto('/alarms');
    await page.getByRole('tab', { name: 'Muted' }).click();
    await page.getByRole('tab', { name: 'Rules' }).click();
    await title(page, 'Alarm rules');
    await page.getByRole('button', { name: 'Watch devices' }).click();
    const form = page.getByRole('dialog', { name: 'Watch devices' });
    await pick(page, 'Device group', 'Tills', 'Tills, 收银机', form);
    await form.getByLabel('Minutes a device may be offline').fill('15');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Offline for more than 15 minutes').waitFor();
    await page.getByRole('switch', { name: 'Tills, 收银机 is watched' }).press('Space');
    await page.getByRole('switch', { name: 'An account signs in from a new network' }).press('Space');
    await page.getByRole('switch', { name: 'An account signs in from a new network', checked: false }).waitFor();
    await page.getByRole('switch', { name: 'The certificate expires within 14 days' }).press('Space');
    await page.getByRole('switch', { name: 'The certificate expires within 14 days', checked: false }).waitFor();
    await page.getByRole('button', { name: 'Test: A roll-out of a strategy stops by itself' }).waitFor();
    await page.getByRole('button', { name: 'Test: A relay does not answer' }).click();
    await page.getByText(/Night shift 夜班: not taken/).waitFor();
    await page.getByRole('button', { name: 'Add quiet hours' }).click();
    const hours = page.getByRole('dialog', { name: 'Add quiet hours' });
    await pick(page, 'Kinds of alarms', 'relay', 'A relay does not answer', hours);
    await hours.getByLabel('Time zone').fill('Mars/Olympus');
    await hours.getByRole('button', { name: 'Save' }).click();
    await hours.getByText(/"Mars\/Olympus" is no time zone/).waitFor();
    await hours.getByLabel('Time zone').fill('Europe/Berlin');
    await audit(page, 'quiet hours of a kind');
    await hours.getByRole('button', { name: 'Save' }).click();
    await page.getByText('22:00–07:00 · Europe/Berlin', { exact: true }).waitFor();
    await looks(browser, page, '/alarms/rules', 'alarms-rules');
    await page.reload();
    await page.getByRole('switch', { name: 'Tills, 收银机 is watched', checked: false }).waitFor();
    const stored = await api(page, 'GET', '/api/settings/watch');
    expect(stored.new_place === false && stored.devices[0].minutes === 15 && stored.devices[0].disabled, 'the rules are stored');
    await page.getByRole('button', { name: 'Remove Tills, 收银机' }).click();
    await page.getByText('No devices are watched').waitFor();
  },

  // 20: one option for one group; the review counts, and a live host gets the keys that are set and no other.
  async option(browser, given) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    await under(page, 'Shop floor', {}, [given.id, given.other]);
    const live = host(new URL(page.url()).origin, given);
    const changing = presses();
    try {
      await changing.press(page.getByRole('link', { name: 'Strategies', exact: true }));
      await changing.press(page.getByRole('link', { name: 'Shop floor', exact: true }));
      await title(page, 'Shop floor');
      await page.getByText('In effect on 2 devices').waitFor();
      await setOption(page, 'file transfer', 'File transfer', (field) => changing.press(field.getByText('Off', { exact: true })));
      await changing.press(page.getByRole('button', { name: 'Review and save' }));
      const review = page.getByRole('dialog', { name: 'What changes' });
      await review.getByText('The strategy is in effect on 2 of 1,240 devices.').waitFor();
      await audit(page, 'the review of one option');
      await changing.press(review.getByRole('button', { name: 'Save 1 change' }));
      expect(changing.count <= 5, `T9 takes five presses at most, not ${changing.count}`);
      await review.waitFor({ state: 'hidden' });
      // Before, it may have been told of the strategy without an option.
      await until(() => live.told.some((options) => Object.keys(options).length > 0), 'the host is told', long);
      expect(JSON.stringify(live.told.at(-1)) === '{"enable-file-transfer":"N"}', `only what is set, not ${JSON.stringify(live.told)}`);

      await page.goto('/');
      await title(page, 'Home');
      const asking = presses();
      await asking.press(page.getByRole('link', { name: 'Devices', exact: true }));
      await page.getByRole('searchbox').fill(given.id);
      await asking.press(page.getByRole('row').filter({ hasText: given.id.replace(/(\d{3})(?=\d)/g, '$1 ') }).getByRole('link').first());
      await asking.press(page.getByRole('tab', { name: 'Policy' }));
      const line = page.getByRole('row', { name: /enable-file-transfer/ });
      await line.getByText('Off', { exact: true }).waitFor();
      await line.getByRole('link', { name: 'Shop floor' }).waitFor();
      expect(asking.count <= 3, `T18 takes three presses at most, not ${asking.count}`);
    } finally {
      live.stop();
    }
  },

  // 21: a value that cuts contact goes to one ring; the roll-out stops by itself, and rolling back restores.
  async rings(browser, given) {
    const { page } = await browser.open();
    await signIn(page, 'admin');
    await title(page, 'Home');
    const live = host(new URL(page.url()).origin, given);
    try {
      const guid = await under(page, 'Tills 收银机', { 'enable-audio': 'N' }, [given.id, given.other]);
      await until(() => live.told.length === 1, 'the host has the strategy', long);
      await api(page, 'POST', '/api/device-groups', { name: 'First ring', note: '' });
      const device = (await api(page, 'GET', `/api/devices?id=${given.id}`)).data[0];
      await api(page, 'POST', `/api/devices/${device.guid}/assign`, { type: 'device_group_name', value: 'First ring' });
      await page.goto(`/strategies/${guid}`);
      await title(page, 'Tills 收银机');
      await page.getByRole('checkbox', { name: /Only those that are set/ }).uncheck();
      await page.getByRole('searchbox').fill('api-server');
      expect(await page.getByRole('textbox', { name: 'API address' }).isDisabled(), 'an address is understood before it is changed');
      await page.getByRole('checkbox', { name: 'I understand' }).check();
      await page.getByRole('textbox', { name: 'API address' }).fill('https://nobody.invalid');
      await page.getByRole('button', { name: 'Review and save' }).click();
      const review = page.getByRole('dialog', { name: 'What changes' });
      await review.getByRole('radio', { name: 'Ring by ring', checked: true }).waitFor({ state: 'attached' });
      expect(await review.getByRole('radio', { name: 'All at once' }).isDisabled(), 'an address goes out ring by ring');
      await review.getByRole('combobox', { name: 'Ring 1' }).or(review.getByRole('textbox', { name: 'Ring 1' })).first().click();
      await page.getByRole('option', { name: 'A device group' }).click();
      await pick(page, 'Device group of ring 1', 'First', 'First ring', review);
      await review.getByLabel('Why (optional)').fill('The server moves');
      await audit(page, 'the plan of a roll-out');
      await review.getByRole('button', { name: 'Begin the roll-out' }).click();
      await page.getByText('Running', { exact: true }).waitFor();
      await until(() => live.told.length === 2, 'the host of the first ring is told', long);
      await page.getByText('Stopped', { exact: true }).waitFor({ timeout: long });
      await page.getByText(/It stopped by itself: more than 10 percent/).waitFor();
      await looks(browser, page, `/strategies/${guid}/rollout`, 'rollout-stopped');
      await page.goto('/');
      await page.getByRole('link', { name: /The roll-out of Tills 收银机 stopped by itself/ }).click();
      await page.getByRole('button', { name: 'Roll back' }).click();
      await page.getByRole('dialog', { name: 'Roll back' }).getByRole('button', { name: 'Roll back' }).click();
      await page.getByText('Rolled back', { exact: true }).waitFor();
      live.wake();
      await until(() => live.told.length === 3, 'the host is told again', long);
      expect(JSON.stringify(live.told[2]) === '{"api-server":"","enable-audio":"N"}', `what was before, not ${JSON.stringify(live.told[2])}`);
      expect((await api(page, 'GET', `/api/strategies/${guid}`)).config_options['api-server'] === undefined, 'the strategy is as it was');
    } finally {
      live.stop();
    }
  },

  // A backup every day, and what the node says of itself.
  async upkeep(browser) {
    const { page } = await browser.open();
    await signIn(page, 'admin', '/settings/backups');
    await title(page, 'Backups');
    await page.getByRole('checkbox', { name: 'Make a backup every day' }).check();
    await page.getByLabel('At (UTC)').fill('26:00');
    const save = page.getByRole('button', { name: 'Save', exact: true });
    await save.click();
    // Settings ask again who is there only when that was long ago.
    await page.getByText(/at is a time of day/).first().waitFor();
    await page.getByLabel('At (UTC)').fill('04:30');
    await save.click();
    await page.getByText('Next', { exact: true }).waitFor();
    await looks(browser, page, '/settings/backups', 'backup-schedule');
    await page.goto('/health');
    await page.getByText('Running since', { exact: true }).waitFor({ timeout: long });
    await looks(browser, page, '/health', 'health-nodes');
    for (const name of ['Change log', 'Licences of what it is made of']) {
      const file = await page.request.get(await page.getByRole('link', { name }).evaluate((link) => link.href));
      expect(file.ok(), `${name} is there: ${file.status()}`);
    }

    // The only node is drained with a warning, says so, and is used again.
    await page.goto('/settings/nodes');
    await title(page, 'Nodes and licence');
    await page.getByRole('button', { name: /^Drain… / }).click();
    const ask = page.getByRole('dialog');
    await ask.getByText(/It is the only node that is up/).waitFor();
    await audit(page, 'a node is to be drained');
    await ask.getByRole('button', { name: 'Drain', exact: true }).click();
    await page.getByText('Draining', { exact: true }).waitFor({ timeout: long });
    await looks(browser, page, '/settings/nodes', 'nodes');
    await page.getByRole('button', { name: /^Use again: / }).click();
    await page.getByText('Healthy', { exact: true }).waitFor({ timeout: long });

    await page.goto('/settings/options');
    await title(page, 'Options of the server');
    await page.getByLabel('Find an option').fill('http.port');
    await page.getByText('HTTP port', { exact: false }).first().waitFor();
    await page.getByText('Needs a restart').first().waitFor();
    await audit(page, 'options of the server');
    await looks(browser, page, '/settings/options', 'options');
  },
};

await run(scenarios);
