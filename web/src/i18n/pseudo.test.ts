import { createTranslator } from 'use-intl';
import { expect, test } from 'vitest';
import { pseudo, pseudoFile } from './pseudo';

test.each([
  ['Devices', '[Déêvîíçéês]'],
  ['{name} is online', '[{name} îís öóñlîíñéê]'],
  ['Read <link>the manual</link>', '[Réêåád <link>théê måáñûúåál</link>]'],
  ["a brace '{'id'}' and it''s", "[åá bråáçéê '{'îíd'}' åáñd îít''s]"],
  ['{n, plural, one {# person} other {# people of {group}}} here',
    '[{n, plural, one {# péêrsöóñ} other {# péêöópléê öóf {group}}} héêréê]'],
  ['{n, number, ::percent}', '[{n, number, ::percent}]'],
])('%s', (message, expected) => {
  expect(pseudo(message)).toBe(expected);
});

test('what becomes longer is still a message', () => {
  const t = createTranslator({
    locale: 'en', messages: pseudoFile({ a: { b: '{n, plural, =0 {none} one {# device} other {# devices}} in {group}' } }) as { a: { b: string } },
  });
  expect(t('a.b', { n: 2, group: 'Berlin' })).toBe('[2 déêvîíçéês îíñ Berlin]');
});
