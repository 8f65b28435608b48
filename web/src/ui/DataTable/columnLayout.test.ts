import { describe, expect, it } from 'vitest';
import { layoutOf, moved, shownOf } from './columnLayout';

const columns = [{ id: 'state', isFixed: true }, { id: 'name', isFixed: true }, { id: 'owner' }, { id: 'cpu', isExtra: true }];
const shown = (kept: string[]) => shownOf(layoutOf(columns, kept)).join();

describe('the columns of a list', () => {
  it('are the usual ones without a choice', () => {
    expect(shown([])).toBe('state,name,owner');
    expect(shown(['nonsense'])).toBe('state,name,owner');
  });

  it('are those that were chosen, in their order; fixed ones stay', () => {
    expect(shown(['name', 'state', 'cpu'])).toBe('name,state,cpu');
    expect(shown(['cpu', 'gone', 'cpu', 'name'])).toBe('state,cpu,name');
    expect(layoutOf(columns, ['cpu', 'name']).order.join()).toBe('state,cpu,name,owner');
  });

  it('are moved', () => {
    expect(moved(['a', 'b', 'c'], 'c', 0).join('')).toBe('cab');
    expect(moved(['a', 'b', 'c'], 'a', 9).join('')).toBe('bca');
  });
});
