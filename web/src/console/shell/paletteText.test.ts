import { describe, expect, it } from 'vitest';
import { readRecent, withRecent } from './paletteEntry';
import { readPaletteText, worth } from './paletteText';

describe('what is typed into the palette', () => {
  it('takes an ID with or without blanks', () => {
    expect(readPaletteText('123 456 789')).toEqual({ prefix: '', text: '123456789' });
    expect(readPaletteText('  123456789 ')).toEqual({ prefix: '', text: '123456789' });
  });

  it('takes a sign in front', () => {
    expect(readPaletteText('@alice')).toEqual({ prefix: '@', text: 'alice' });
    expect(readPaletteText('> dark')).toEqual({ prefix: '>', text: 'dark' });
    expect(readPaletteText(':smtp')).toEqual({ prefix: ':', text: 'smtp' });
    expect(readPaletteText('pc 1')).toEqual({ prefix: '', text: 'pc 1' });
  });

  it('finds by words in any order', () => {
    expect(worth('server mail', 'Mail', 'Server (SMTP)')).toBeGreaterThan(0);
    expect(worth('mail relay', 'Mail')).toBe(0);
    expect(worth('', 'Mail')).toBeGreaterThan(0);
  });

  it('puts the beginning before the middle, and both before letters that were left out', () => {
    const worths = ['Devices', 'My devices', 'Undevices', 'Direct voice'].map((label) => worth('devi', label));
    expect(worths).toEqual([4, 3, 2, 0]);
    expect(worth('dvcs', 'Devices')).toBe(1);
    expect(worth('d', 'Users')).toBe(0);
  });
});

describe('what was opened last', () => {
  it('is there once, the newest first, and no more than six', () => {
    const lines = Array.from({ length: 8 }).reduce<string[]>(
      (before, _, at) => withRecent(before, { kind: 'device', key: String(at), label: `pc|${String(at)}` }), [],
    );
    expect(lines).toHaveLength(6);
    const again = withRecent(lines, { kind: 'device', key: '4', label: 'renamed' });
    expect(again).toHaveLength(6);
    expect(readRecent(again)[0]).toEqual({ kind: 'device', key: '4', label: 'renamed' });
    expect(readRecent(again)[1]).toEqual({ kind: 'device', key: '7', label: 'pc|7' });
  });

  it('leaves out what it cannot read', () => {
    expect(readRecent(['', 'nonsense', 'planet|1|Mars', 'user||x', 'user|1|'])).toEqual([{ kind: 'user', key: '1', label: '' }]);
  });
});
