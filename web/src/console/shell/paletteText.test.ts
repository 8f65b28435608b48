import { describe, expect, it } from 'vitest';
import { matches, readPaletteText } from './paletteText';

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
    expect(matches('server mail', 'Mail', 'Server (SMTP)')).toBe(true);
    expect(matches('mail relay', 'Mail')).toBe(false);
    expect(matches('', 'Mail')).toBe(true);
  });
});
