export type PaletteText = { prefix: '' | '>' | '@' | '#' | ':'; text: string };

/** What was typed: a first sign that narrows it, and the words; the digits of an ID without blanks. */
export function readPaletteText(typed: string): PaletteText {
  const line = typed.trim();
  const prefix = (['>', '@', '#', ':'] as const).find((sign) => line.startsWith(sign)) ?? '';
  const text = line.slice(prefix.length).trim();
  return { prefix, text: /^[\d ]+$/.test(text) ? text.replaceAll(' ', '') : text };
}

/** Whether all words are in one of the texts. */
export function matches(text: string, ...among: readonly string[]): boolean {
  const words = text.toLowerCase().split(' ').filter((word) => word !== '');
  const whole = among.join(' ').toLowerCase();
  return words.every((word) => whole.includes(word));
}
