import { describe, expect, it } from 'vitest';
import { resultOf } from './shareRules';

const bob = { name: 'bob', group_name: 'Help desk' };

describe('who may do what with a book', () => {
  it('goes by the most particular rule, not by the most generous', () => {
    const shares = [
      { guid: '1', rule: 3 as const },
      { guid: '2', rule: 2 as const, group: 'Help desk' },
      { guid: '3', rule: 1 as const, user: 'bob' },
    ];
    expect(resultOf(bob, 'ann', shares)).toEqual({ rule: 1, by: 'person' });
    expect(resultOf(bob, 'ann', shares.slice(0, 2))).toEqual({ rule: 2, by: 'group' });
    expect(resultOf(bob, 'ann', shares.slice(0, 1))).toEqual({ rule: 3, by: 'everyone' });
  });

  it('is everything for the owner and nothing without a rule', () => {
    expect(resultOf(bob, 'bob', [])).toEqual({ rule: 3, by: 'owner' });
    expect(resultOf(bob, 'ann', [])).toEqual({ rule: 0, by: 'none' });
  });
});
