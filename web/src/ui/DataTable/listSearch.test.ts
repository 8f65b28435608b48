import { describe, expect, it } from 'vitest';
import { parseListSearch } from './listSearch';

describe('the search of a list', () => {
  it('takes what the address says', () => {
    const search = { q: 'pc', sort: '-name', page: '3', size: '100', status: '0', other: 'x' };
    expect(parseListSearch(search, 'id', ['status'])).toEqual({
      q: 'pc', sort: '-name', page: 3, size: 100, filters: { status: '0' },
    });
  });

  it('takes nonsense for the default', () => {
    const search = { page: '-4', size: '7', sort: 3, q: ['x'] };
    expect(parseListSearch(search, 'id', ['status'])).toEqual({ q: '', sort: 'id', page: 1, size: 50, filters: {} });
  });
});
