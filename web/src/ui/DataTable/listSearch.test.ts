import { describe, expect, it } from 'vitest';
import { listQuery } from '../../api/lists';
import { parseListSearch, viewQuery, withoutFilter } from './listSearch';
import { textOf, valuesOf } from './manyValues';

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

describe('a filter of several values', () => {
  it('has commas between them, and keeps those that are part of one', () => {
    expect(valuesOf('a,b\\,c,,a')).toEqual(['a', 'b,c']);
    expect(valuesOf(undefined)).toEqual([]);
    expect(valuesOf(',\\')).toEqual([]);
    for (const values of [['a'], ['a,b', 'c\\'], ['\\,', ',', '100%']]) expect(valuesOf(textOf(values))).toEqual(values);
    expect(textOf([])).toBeUndefined();
    expect(valuesOf(Array.from({ length: 30 }, (_, i) => String(i)).join(','))).toHaveLength(20);
  });

  it('asks the server for each, where the list takes several', () => {
    const list = parseListSearch({ os: 'Linux%,Win\\,%', status: '0,1' }, 'id', ['os', 'status'], ['os']);
    expect(list.asks).toEqual({ os: ['Linux%', 'Win,%'], status: '0,1' });
    expect(listQuery(list)).toBe('?sort=id&current=1&pageSize=50&os=Linux%25&os=Win%2C%25&status=0%2C1');
    expect(withoutFilter(list, 'os').asks).toEqual({ status: '0,1' });
    expect(viewQuery(list)).toBe('os=Linux%25%2CWin%5C%2C%25&status=0%2C1');
  });
});
