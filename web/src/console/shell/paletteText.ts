export type PaletteText = { prefix: '' | '>' | '@' | '#' | ':'; text: string };

/** What was typed: a first sign that narrows it, and the words; the digits of an ID without blanks. */
export function readPaletteText(typed: string): PaletteText {
  const line = typed.trim();
  const prefix = (['>', '@', '#', ':'] as const).find((sign) => line.startsWith(sign)) ?? '';
  const text = line.slice(prefix.length).trim();
  return { prefix, text: /^[\d ]+$/.test(text) ? text.replaceAll(' ', '') : text };
}

// Letters may be left out of a word, but not its first one.
function isShortFor(word: string, whole: string): boolean {
  if (word.length < 2 || word[0] !== whole[0]) return false;
  let at = 0;
  for (const letter of whole) if (letter === word[at]) at += 1;
  return at === word.length;
}

function worthOf(word: string, label: string, whole: string): number {
  if (label.startsWith(word)) return 4;
  const words = whole.split(/[\s,./()-]+/);
  if (words.some((one) => one.startsWith(word))) return 3;
  if (whole.includes(word)) return 2;
  return words.some((one) => isShortFor(word, one)) ? 1 : 0;
}

/** How well all words that were typed fit to texts, the first of which is the label; 0: they don't. */
export function worth(text: string, ...among: readonly string[]): number {
  const words = text.toLowerCase().split(' ').filter((word) => word !== '');
  const label = (among[0] ?? '').toLowerCase();
  const whole = among.join(' ').toLowerCase();
  let least = words.length === 0 ? 1 : 4;
  for (const word of words) least = Math.min(least, worthOf(word, label, whole));
  return least;
}
