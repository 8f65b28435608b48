import type { Preferences } from '../api/preferences';

/** What single letters do on lists, by their usual letters. */
export const listKeys = ['/', 'j', 'k', 'x', 'p', 'c', 'e', 'r', '?', 'g'];

/** Pages, by their usual letters after g. */
export const goKeys = ['h', 'd', 's', 'b', 'u', 'a', 'r', 't'].map((key) => `g ${key}`);

type Letters = Preferences['keys'];

/** The letter that somebody presses for what is usually on another one. */
export const letterFor = (letters: Letters, name: string) => letters[name] ?? name.at(-1) ?? name;

/** What a letter stands for; undefined: nothing, because its usual work is on another one. */
export function nameOf(letters: Letters, letter: string, isAfterGo: boolean): string | undefined {
  const own = isAfterGo ? `g ${letter}` : letter;
  const chosen = Object.entries(letters).find(([name, value]) => value === letter && name.startsWith('g ') === isAfterGo);
  if (chosen !== undefined) return chosen[0];
  return letters[own] === undefined ? own : undefined;
}

/** Names whose letters somebody would press for two things. */
export function clashes(letters: Letters): string[] {
  return [listKeys, goKeys].flatMap((names) => {
    const pressed = names.map((name) => letterFor(letters, name));
    return names.filter((_, index) => pressed.indexOf(pressed[index] ?? '') !== pressed.lastIndexOf(pressed[index] ?? ''));
  });
}
