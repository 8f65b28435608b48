import { describe, expect, it } from 'vitest';
import { clashes, letterFor, nameOf } from './keyNames';

describe('letters that a person chose', () => {
  it('stand for what they were chosen for, and the usual one for nothing', () => {
    const letters = { c: 'o', 'g d': 'm' };
    expect([nameOf(letters, 'o', false), nameOf(letters, 'c', false), nameOf(letters, 'x', false)]).toEqual(['c', undefined, 'x']);
    expect([nameOf(letters, 'm', true), nameOf(letters, 'd', true), nameOf(letters, 'h', true)]).toEqual(['g d', undefined, 'g h']);
  });

  it('may change places', () => {
    const letters = { j: 'k', k: 'j' };
    expect([nameOf(letters, 'j', false), nameOf(letters, 'k', false)]).toEqual(['k', 'j']);
    expect(clashes(letters)).toEqual([]);
  });

  it('are other ones after g', () => {
    expect(nameOf({ 'g d': 'x' }, 'x', false)).toBe('x');
    expect(letterFor({ 'g d': 'x' }, 'g d')).toBe('x');
    expect(letterFor({}, 'g d')).toBe('d');
  });

  it('clash where one would do two things', () => {
    expect(clashes({ c: 'e' })).toEqual(['c', 'e']);
    expect(clashes({ 'g d': 'h' })).toEqual(['g h', 'g d']);
  });
});
