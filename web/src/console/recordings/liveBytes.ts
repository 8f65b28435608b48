// What is saved of a recording that is being made is WebM without end: its head, then clusters. A player is given the
// head, and then everything from the beginning of some cluster on.

const cluster = [0x1f, 0x43, 0xb6, 0x75];

/** What a cluster begins with: its time, or what only fills. */
const first = new Set([0xe7, 0xbf, 0xec]);

/** Where a cluster begins, from a place on; -1: nowhere. */
export function clusterAt(bytes: Uint8Array, from = 0): number {
  for (let i = bytes.indexOf(0x1f, from); i >= 0; i = bytes.indexOf(0x1f, i + 1)) {
    if (!cluster.every((byte, n) => bytes[i + n] === byte)) continue;
    const size = bytes[i + 4];
    // The size tells in its leading zeros how long it is.
    const next = size === undefined || size === 0 ? undefined : bytes[i + 5 + Math.clz32(size) - 24];
    if (next !== undefined && first.has(next)) return i;
  }
  return -1;
}

const codecs: readonly (readonly [string, string])[] = [
  ['V_VP8', 'vp8'], ['V_VP9', 'vp9'], ['V_AV1', 'av01.0.08M.08'], ['A_OPUS', 'opus'], ['A_VORBIS', 'vorbis'],
];

/** What a player has to be able to play, by a head; null: something that browsers do not play piece by piece. */
export function typeOf(head: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(head);
  if (!text.includes('webm')) return null;
  const found = codecs.filter(([name]) => text.includes(name)).map(([, codec]) => codec);
  return found.length === 0 ? null : `video/webm; codecs="${found.join(',')}"`;
}

/** Where a piece begins, by its Content-Range. */
export function placeOf(range: string | null): number {
  const found = /^bytes (\d+)-/.exec(range ?? '');
  return found === null ? 0 : Number(found[1]);
}
