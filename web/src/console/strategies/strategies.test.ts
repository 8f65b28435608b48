import { describe, expect, it } from 'vitest';
import { letsIn } from './addresses';
import { categoryNames, optionsOf } from './categories';
import { complaintOf, wrongLines } from './check';
import { differences } from './differences';
import en from './options/en.json';

describe('letsIn', () => {
  it.each([
    ['', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['10.0.0.0/8, 192.0.2.0/24', '192.0.2.200', true],
    ['10.0.0.0/8', '192.0.2.1', false],
    ['198.51.100.7', '192.0.2.1', false],
    [',', '192.0.2.1', true],
    ['10.0.0.0/8,0.0.0.0', '192.0.2.1', true],
    ['192.0.2.0/24', '::ffff:192.0.2.9', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['192.0.2.0/31', '192.0.2.2', false],
    ['2001:db8::/32', '2001:db8:7::1', true],
    ['2001:db8::/48', '2001:db8:7::1', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['2001:db8::2', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/32', '192.0.2.1', false],
    ['10.0.0.0/8', '2001:db8::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', false],
    ['fe80::1%eth0', 'fe80::1', true],
  ])('%s and %s', (list, address, isIn) => expect(letsIn(list, address)).toBe(isIn));
});

describe('optionsOf', () => {
  it('has every option once', () => {
    const options = [...Object.keys(en.options.labels), 'new-in-a-later-release'].map((key) => ({ key }));
    const all = categoryNames.flatMap((category) => optionsOf(category, options)).map((o) => o.key);
    expect([...all].sort()).toEqual(options.map((o) => o.key).sort());
    expect(optionsOf('other', options)).toEqual([{ key: 'new-in-a-later-release' }]);
  });

  it('explains every option', () => {
    expect(Object.keys(en.options.helps).sort()).toEqual(Object.keys(en.options.labels).sort());
  });
});

describe('complaintOf', () => {
  it.each([
    ['port', '21118', false],
    ['port', '70000', true],
    ['minutes', '0', true],
    ['addresses', '10.0.0.0/8,192.0.2.1', false],
    ['addresses', 'office', true],
    ['url', 'https://id.example.com', false],
    ['url', 'id.example.com', true],
    ['host', 'id.example.com:21116', false],
    ['host', 'https://id', true],
    ['key', 'zd00IrnfY4fJbMHHJCLsargEGrvZLd8U1ty5i4BMYo0=', false],
    ['key', 'short', true],
  ] as const)('%s %s', (kind, value, isWrong) => expect(complaintOf(kind, value) !== null).toBe(isWrong));
});

it('names the lines of lists that are wrong, and looks at nothing else', () => {
  expect(wrongLines({ key: 'whitelist', kind: 'addresses' }, '10.0.0.0/8,office,::1')).toEqual([{ number: 2, text: 'office' }]);
  expect(wrongLines({ key: 'id-whitelist', kind: 'text' }, '123*,4 5')).toEqual([{ number: 2, text: '4 5' }]);
  expect(wrongLines({ key: 'ice-servers', kind: 'text' }, 'stun:stun.example.com:3478,turn')).toEqual([{ number: 2, text: 'turn' }]);
  expect(wrongLines({ key: 'api-server', kind: 'url' }, 'https://id.example.com')).toEqual([]);
});

it('compares only what differs, and what is not set is no empty text', () => {
  expect(differences({ a: '1', b: '', c: 'x' }, { c: 'x', b: 'N', d: '' })).toEqual([
    { key: 'a', one: '1', other: undefined },
    { key: 'b', one: '', other: 'N' },
    { key: 'd', one: undefined, other: '' },
  ]);
});
