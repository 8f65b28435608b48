import { expect, test } from 'vitest';
import { areaPath, linePath, moved, niceTop } from './lines';

test('an axis ends at a number that people like, and never at zero', () => {
  expect([[], [null], [0], [0.4], [3], [5], [51], [1001], [240_000]].map(niceTop)).toEqual([1, 1, 1, 1, 5, 5, 100, 2000, 500_000]);
});

test('gaps stay gaps, and a lonely point is a dot', () => {
  expect(linePath([0, 5, null, 10, null, 2, 2], 10)).toBe('M0 100L1 50M3 0h0M5 80L6 80');
  expect(linePath([null, null], 1)).toBe('');
});

test('what is filled ends where the line ends', () => {
  expect(areaPath([null, 5, 10, null, 3, null], 10)).toBe('M1 50L2 0L2 100L1 100Z');
  expect(areaPath([10, 10], 10)).toBe('M0 0L1 0L1 100L0 100Z');
});

test('keys move the cursor and never over an end', () => {
  expect(moved('ArrowLeft', 0, 10)).toBe(0);
  expect(moved('ArrowRight', 8, 10)).toBe(9);
  expect(moved('End', 2, 10)).toBe(9);
  expect(moved('Home', 2, 10)).toBe(0);
  expect(moved('PageUp', 0, 24)).toBe(2);
  expect(moved('a', 2, 10)).toBeNull();
});
