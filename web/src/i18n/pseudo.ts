import type { AbstractIntlMessages } from 'use-intl';

const accents: Record<string, string> = {
  a: 'åá', e: 'éê', i: 'îí', o: 'öó', u: 'ûú', A: 'ÅÁ', E: 'ÉÊ', I: 'ÎÍ', O: 'ÖÓ', U: 'ÛÚ', c: 'ç', n: 'ñ', y: 'ý', C: 'Ç', N: 'Ñ',
};

// A tag, a place or a branch begins here, or a quote that keeps a brace from beginning one.
const special = /''|'[{}<#][^']*'|<[^>]*>|[{}]/g;

/** Where the brace that opens at `from` is closed. */
function closing(text: string, from: number): number {
  let depth = 0;
  special.lastIndex = 0; // matchAll begins where the last search ended.
  for (const match of text.slice(from).matchAll(special)) {
    if (match[0] === '{') depth += 1;
    if (match[0] === '}') depth -= 1;
    if (depth === 0) return from + match.index;
  }
  return text.length - 1;
}

/** Each vowel twice: some 40 % more room, broken where words are broken. */
const longer = (words: string) => words.replaceAll(/[a-zA-Z]/g, (letter) => accents[letter] ?? letter);

/** What stands in braces: a name stays, the texts of a choice between several become longer. */
function place(inside: string): string {
  const choice = /^\s*\w+\s*,\s*(?:plural|select|selectordinal)\s*,/.exec(inside);
  if (choice === null) return inside;
  let text = choice[0];
  for (let at = text.length; at < inside.length;) {
    const open = inside.indexOf('{', at);
    if (open < 0) return text + inside.slice(at);
    const end = closing(inside, open);
    text += `${inside.slice(at, open)}{${stretched(inside.slice(open + 1, end))}}`;
    at = end + 1;
  }
  return text;
}

function stretched(message: string): string {
  let text = '';
  let at = 0;
  while (at < message.length) {
    special.lastIndex = at;
    const match = special.exec(message);
    if (match === null) return text + longer(message.slice(at));
    text += longer(message.slice(at, match.index));
    const end = match[0] === '{' ? closing(message, match.index) : match.index + match[0].length - 1;
    text += match[0] === '{' ? `{${place(message.slice(match.index + 1, end))}}` : match[0];
    at = end + 1;
  }
  return text;
}

/** A message in a language that nobody speaks: longer, accented and in brackets, so that tests of the layout see what is cut off and what is in no file. */
export const pseudo = (message: string): string => `[${stretched(message)}]`;

/** The same for whole files. */
export function pseudoFile(messages: AbstractIntlMessages): AbstractIntlMessages {
  return Object.fromEntries(Object.entries(messages).map(([key, value]) =>
    [key, typeof value === 'string' ? pseudo(value) : pseudoFile(value)]));
}
