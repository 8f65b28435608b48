// What an old ID server left, taken over in the setup: first a trial, then the work.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { audit, expect, shoot } from './browser.mjs';

// Its database: three devices, 611 000 111 and up.
const packed =
  'H4sIAAAAAAACA92RQUvDMBSAkyooggcP06PvuEEnSaNTdnJKQaQXdTcPkraZC2ubEVK7IR70t/jz/BEmSCsUsfd95JHkveSDlzzcRdIImCmdcw' +
  'MMeQhjdAmAkF3+RA22sd3ad+GhkwTvu8OYITs2gfdbvHPU6+GPyvA4E0shtAvv+j6cTEOYTq6iEFym/1zKFOJMxbDUMud6DQuxhkIZKMos823x' +
  'hetkznWfEjL4LZTNvSa1XLQSiRbciPTJ/lpqF0bmwrdF0SiZVfqymCkwYmWaiwOopJmr0oBWlUz3bENb6AvhT3xjp43mcdc/PowYOvBajKh9f0' +
  'Ipcw8feB0EJGBDcjokZ0BGY3I+Jhevb40bt6jdgXNT3MH/7nZDtZs6N+lq/0/3NyjGNdEABAAA';

function files() {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64');
  return [
    { name: 'db_v2.sqlite3', mimeType: 'application/octet-stream', buffer: gunzipSync(Buffer.from(packed, 'base64')) },
    { name: 'id_ed25519', mimeType: 'text/plain', buffer: Buffer.from(secret) },
    { name: 'readme.txt', mimeType: 'text/plain', buffer: Buffer.from('not needed') },
  ];
}

// A Pro server with a group of people and somebody in it; it knows one token.
async function withPro(work) {
  const lists = {
    '/api/users': [{ name: 'petra', group_name: 'Branches', status: 0 }],
    '/api/user-groups': [{ name: 'Branches', note: 'all shops' }],
    '/api/devices': [{ id: '987654321', user_name: 'petra' }],
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const isKnown = request.headers.authorization === 'Bearer rapi_right';
    const data = lists[pathname] ?? [];
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(pathname === '/api/strategies' ? [] : { total: data.length, data }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function ofPro(page, address) {
  await page.getByRole('radio', { name: 'Pro server or another Hawser, by an API token' }).check();
  const button = page.getByRole('button', { name: 'Read and try it' });
  await page.getByLabel('Address of the server').fill(address);
  await page.getByLabel('API token', { exact: true }).fill('rapi_wrong');
  expect(await button.isDisabled(), 'nobody said that others may read the token');
  await page.getByRole('checkbox', { name: 'Read without encryption' }).check();
  await button.click();
  await page.getByText('The server does not know the token').waitFor();
  await audit(page, 'setup, a token that is refused');
  await page.getByLabel('API token', { exact: true }).fill('rapi_right');
  await button.click();
  await page.getByText('What would be done').waitFor();
  await page.getByText('Devices that have not come to this server yet').waitFor();
  expect((await page.getByLabel('API token', { exact: true }).inputValue()) === '', 'the token does not stay in the page');
  await audit(page, 'setup, a Pro server that was read');
  await shoot(page, 'wizard-import-pro', { isFull: true });
  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByText('The import is done.').waitFor();
}

/** The step of the setup, up to where it goes on. */
export async function importing(page) {
  await page.getByRole('heading', { level: 1, name: 'Do you bring something along?' }).waitFor();
  await audit(page, 'setup, import');
  await page.getByRole('radio', { name: 'CSV file of devices' }).check();
  await page.locator('input[type=file]').setInputFiles([
    { name: 'devices.csv', mimeType: 'text/csv', buffer: Buffer.from('id,note\n999888777,nobody') },
  ]);
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('There is no device "999888777".').waitFor();
  expect(await page.getByRole('button', { name: 'Import 0 rows' }).isDisabled(), 'nothing to do');
  await withPro((address) => ofPro(page, address));
  await page.getByRole('radio', { name: 'Data folder of a RustDesk ID server (hbbs)' }).check();
  expect(await page.getByRole('button', { name: 'Try it' }).isDisabled(), 'there is no file yet');
  await page.locator('input[type=file]').setInputFiles(files());
  await page.getByText('Not needed: readme.txt').waitFor();
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('What would be done').waitFor();
  await page.getByText('New devices').waitFor();
  await page.getByRole('checkbox', { name: 'Take over the old key pair' }).check();
  await audit(page, 'setup, an import that was tried');
  await shoot(page, 'wizard-import', { isFull: true });
  await page.getByRole('checkbox', { name: 'Take over the old key pair' }).uncheck();
  await page.getByRole('button', { name: 'Import now' }).click();
  await page.getByText('The import is done.').waitFor();
  await audit(page, 'setup, an import that is done');
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, 'wizard-import-phone', { isFull: true });
  await page.setViewportSize({ width: 1440, height: 900 });
}
