// What scenarios do beside pressing: ask the API as a page does, be a device that beats, wait.

/** How long what goes by the server's clock may take. */
export const long = 240_000;

/** Calls the API as the page does. */
export const api = (page, method, path, body) => page.evaluate(async ([m, p, b]) => {
  const headers = { 'Content-Type': 'application/json', 'X-Hawser-Console': '1' };
  const me = await (await fetch('/api/console/me', { headers })).json();
  const answer = await fetch(p, {
    method: m, headers: { ...headers, 'X-Hawser-Proof': me.proof }, ...(b === undefined ? {} : { body: JSON.stringify(b) }),
  });
  const text = await answer.text();
  if (!answer.ok || text.startsWith('{"error"')) throw new Error(`${m} ${p}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}, [method, path, body]);

/** A device that beats every three seconds as clients with sessions do, takes what it is told, and can fall silent. */
export function beatingHost(base, { id, uuid }) {
  const told = [];
  let stamp = 0;
  let isSilent = false;
  const beat = async () => {
    if (isSilent) return;
    const answer = await fetch(`${base}/api/heartbeat`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, uuid, ver: 1_004_009, conns: [], modified_at: stamp }),
    }).catch(() => null);
    const said = answer?.ok ? await answer.json() : {};
    if (said.strategy === undefined) return;
    stamp = said.modified_at;
    told.push(said.strategy.config_options);
    // It takes the address for true, and calls where nobody is.
    if (said.strategy.config_options['api-server']) isSilent = true;
  };
  const timer = setInterval(() => void beat(), 3000);
  return { told, wake: () => (isSilent = false), stop: () => clearInterval(timer) };
}

export async function setOption(page, search, label, act) {
  await page.getByRole('searchbox').fill(search);
  await act(page.getByRole('radiogroup', { name: label }).or(page.getByRole('textbox', { name: label })).first());
}

/** A strategy that some devices are under. */
export async function under(page, name, options, ids) {
  const made = await api(page, 'POST', '/api/strategies', { name, config_options: options });
  const peers = [];
  for (const id of ids) peers.push((await api(page, 'GET', `/api/devices?id=${id}`)).data[0].guid);
  await api(page, 'POST', '/api/strategies/assign', { strategy: made.guid, peers, users: [], groups: [] });
  return made.guid;
}
