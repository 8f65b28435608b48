import { describe, expect, it } from 'vitest';
import { clockText, secondsOf } from './clockText';

describe('positions of a player', () => {
  it('are written as players do', () => {
    expect([0, 7, 83, 3723, Number.NaN].map(clockText)).toEqual(['0:00', '0:07', '1:23', '1:02:03', '0:00']);
  });

  it('are read from an address; nonsense is the beginning', () => {
    expect(['83', '1:23', '1:02:03', '-4', 'x', ''].map(secondsOf)).toEqual([83, 83, 3723, 0, 0, 0]);
  });
});
