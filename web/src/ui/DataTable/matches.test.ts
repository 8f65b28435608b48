import { expect, it } from 'vitest';
import { matches } from './matches';

it('finds every place, whatever the case', () => {
  expect(matches('PC-17 and pc-18', 'pc-1')).toEqual([[0, 4], [10, 14]]);
  expect(matches('前台-3', '前台')).toEqual([[0, 2]]);
});

it('finds an ID with and without its blanks', () => {
  expect(matches('123 456 789', '3456')).toEqual([[2, 7]]);
  expect(matches('123 456 789', '123 456 789')).toEqual([[0, 11]]);
  expect(matches('123456789', '456 7')).toEqual([[3, 7]]);
});

it('finds nothing in nothing, and does not point elsewhere', () => {
  expect(matches('anything', '  ')).toEqual([]);
  expect(matches('', 'a')).toEqual([]);
  expect(matches('İİ x', 'x')).toEqual([]);
});
