import { describe, expect, it } from 'vitest';
import { withCounts } from './useCountedFilters';

const filter = { key: 'state', label: 'State', options: [{ value: 'new', label: 'New' }, { value: 'seen', label: 'Seen' }] };
const countsOf = (found: ReturnType<typeof withCounts>) => found.options.map(({ count }) => count);

describe('the counts of a filter', () => {
  it('stand beside its options, and what nobody has is none', () => {
    expect(countsOf(withCounts(filter, { total: 3, filters: { state: [{ value: 'seen', count: 3 }] } }))).toEqual([0, 3]);
    expect(countsOf(withCounts(filter, { total: 0, filters: {} }))).toEqual([0, 0]);
  });

  it('are not known before they are read, and not of what lies behind a hundred others', () => {
    expect(withCounts(filter, undefined)).toBe(filter);
    const many = Array.from({ length: 100 }, (_, i) => ({ value: i === 0 ? 'new' : String(i), count: 2 }));
    expect(countsOf(withCounts(filter, { total: 200, filters: { state: many } }))).toEqual([2, undefined]);
  });
});
