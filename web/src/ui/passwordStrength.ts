/** What stands in the way of a password, or how hard it is to guess. The server decides. */
export type Strength = 'empty' | 'short' | 'name' | 'simple' | 'weak' | 'fair' | 'good';

// What guessing begins with: worth next to nothing, wherever it stands.
const usual = /passwor[dt]|p[a@]ssw[o0]rd|qwert[yz]|asdf|12345\d*|1q2w3e|admin|letmein|welcome|iloveyou|abc123|changeme|rustdesk|hawser/gi;

function kinds(text: string): number {
  const sizes: [RegExp, number][] = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[^a-zA-Z\d]/, 33]];
  return sizes.reduce((sum, [kind, size]) => (kind.test(text) ? sum + size : sum), 0);
}

/** About how many bits somebody has to guess. */
function bits(password: string): number {
  const rest = password.replace(usual, '*');
  // The same again and again adds little.
  const different = new Set(rest).size;
  return Math.min(rest.length, different * 2) * Math.log2(Math.max(2, kinds(rest)));
}

export function strengthOf(password: string, name: string, least: number): Strength {
  if (password === '') return 'empty';
  if (password.length < least) return 'short';
  if (password.toLowerCase() === name.trim().toLowerCase()) return 'name';
  if (new Set(password).size < 3) return 'simple';
  const guess = bits(password);
  return guess < 45 ? 'weak' : guess < 65 ? 'fair' : 'good';
}
