import { describe, expect, it } from 'vitest';
import { steady } from './steady';

type Row = { id: string; word?: string };

const keyOf = (row: Row) => row.id;
const rows = (text: string): Row[] => text.split('').map((id) => ({ id }));
const text = (all: readonly Row[]) => all.map(keyOf).join('');

describe('rows of an open list', () => {
  it('change in place', () => {
    const after = steady(rows('abc'), [{ id: 'a' }, { id: 'c' }, { id: 'b', word: 'new' }], keyOf, 50);
    expect(text(after.rows)).toBe('abc');
    expect(after.rows[1]?.word).toBe('new');
    expect(after.fresh).toBe(0);
  });

  it('let new ones wait', () => {
    const after = steady(rows('abc'), rows('xabyc'), keyOf, 50);
    expect([text(after.rows), after.fresh, after.gone.size]).toEqual(['abc', 2, 0]);
  });

  it('show for a moment what is gone, and take in what follows', () => {
    const after = steady(rows('abc'), rows('acd'), keyOf, 3);
    expect([text(after.rows), [...after.gone].join(''), after.fresh]).toEqual(['abcd', 'b', 0]);
  });

  it('know what only went to the next page', () => {
    const after = steady(rows('abc'), rows('xab'), keyOf, 3);
    expect([text(after.rows), after.gone.size, after.fresh]).toEqual(['abc', 0, 1]);
  });

  it('are the same objects where nothing changed', () => {
    const before = rows('ab');
    expect(steady(before, [...before], keyOf, 50).rows[0]).toBe(before[0]);
  });

  it('have nothing left when all are gone', () => {
    const after = steady(rows('ab'), [], keyOf, 50);
    expect([text(after.rows), after.gone.size, after.fresh]).toEqual(['ab', 2, 0]);
  });
});
