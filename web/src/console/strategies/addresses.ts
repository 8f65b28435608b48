/** An address: how many bits, and which. */
type Address = { size: number; value: bigint };

function fourOf(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) return null;
  return { size: 32, value: parts.reduce((all, p) => (all << 8n) | BigInt(p), 0n) };
}

function sixOf(text: string): Address | null {
  const [head = '', tail, ...more] = text.split('::');
  const groupsOf = (part = '') => (part === '' ? [] : part.split(':'));
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (all.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return null;
  return { size: 128, value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

const addressOf = (text: string) => fourOf(text) ?? sixOf(text);

function holds(entry: string, address: string): boolean {
  const [text = '', bits] = entry.split('/');
  const [network, caller] = [addressOf(text), addressOf(address)];
  // What is no address of a form that is known here is not warned of.
  if (network === null || caller === null) return text === address || text.includes(':') === address.includes(':');
  if (network.size !== caller.size) return false;
  const rest = BigInt(Math.max(0, network.size - (bits === undefined ? network.size : Number.parseInt(bits, 10) || 0)));
  return network.value >> rest === caller.value >> rest;
}

/** Whether a list of addresses and networks lets an address in; an empty one and 0.0.0.0 let everybody in. */
export function letsIn(list: string, address: string): boolean {
  const entries = list.split(',').map((e) => e.trim()).filter((e) => e !== '');
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return entries.length === 0 || address === '' || entries.some((entry) => entry === '0.0.0.0' || holds(entry, plain));
}
