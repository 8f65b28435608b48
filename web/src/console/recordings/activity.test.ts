import { expect, test } from 'vitest';
import { afterIdle, columnsOf } from './activity';

test('long stretches without movement are passed over, short ones and the end are not', () => {
  const levels = [3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
  expect(afterIdle(levels, 0.5)).toBeNull();
  expect(afterIdle(levels, 1.2)).toBe(7);
  expect(afterIdle(levels, 6.5)).toBeNull();
  expect(afterIdle(levels, 9)).toBeNull();
  expect(afterIdle(levels, 13)).toBeNull();
  expect(afterIdle([], 3)).toBeNull();
});

test('a column is as high as its highest second', () => {
  expect(columnsOf([1, 9, 0, 0, 2, 0], 6, 3)).toEqual([9, 0, 2]);
  expect(columnsOf([1, 2], 2, 4)).toEqual([1, 1, 2, 2]);
  expect(columnsOf([1], 0, 4)).toEqual([]);
});
