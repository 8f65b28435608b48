import { describe, expect, it } from 'vitest';
import { parseListSearch, viewQuery } from './listSearch';

describe('the search of a list', () => {
  it('takes what the address says', () => {
    const search = { q: 'pc', sort: '-name', page: '3', size: '100', status: '0', other: 'x' };
    expect(parseListSearch(search, 'id', ['status'])).toMatchObject({
      q: 'pc', sort: '-name', page: 3, size: 100, filters: { status: '0' },
    });
  });

  it('takes nonsense for the default', () => {
    const search = { page: '-4', size: '7', sort: 3, q: ['x'] };
    expect(parseListSearch(search, 'id', ['status'])).toMatchObject({ q: '', sort: 'id', page: 1, size: 50, filters: {} });
  });

  it('asks the same whatever stands beside the list', () => {
    const question = (search: Record<string, unknown>) => parseListSearch(search, 'id', []).question;
    expect(question({ q: 'pc', peek: '7', cols: 'name', view: 'x' })).toBe(question({ q: 'pc' }));
    expect(question({ q: 'pc', page: '2' })).not.toBe(question({ q: 'pc' }));
  });

  it('is a view without the page', () => {
    const list = parseListSearch({ q: 'pc', sort: '-name', page: '2', status: '0', peek: '7' }, 'id', ['status']);
    expect(viewQuery(list)).toBe('status=0&q=pc&sort=-name');
  });
});
