import { describe, expect, it } from 'vitest';
import { changedKeys, changesOf, valueAt, withValue, type Spec } from './specs';

const specs: readonly Spec[] = [
  { key: 'name', kind: 'text' },
  { key: 'password', kind: 'secret' },
  { key: 'presets.owner', kind: 'flag' },
];
const stored = { name: 'a', password: '********', presets: { owner: false, note: true }, other: 1 };

describe('a setting in a form', () => {
  it('is changed at a key, with what is beside it kept', () => {
    const draft = withValue(stored, 'presets.owner', true);
    expect(valueAt(draft, 'presets.owner')).toBe(true);
    expect(stored.presets.owner).toBe(false);
    expect(changesOf(draft, changedKeys(stored, draft, specs))).toEqual({ presets: { owner: true, note: true } });
  });

  it('is not changed by what is typed and taken back, nor by a secret that nobody typed', () => {
    const blank = { ...stored, password: '' };
    expect(changedKeys(stored, withValue(withValue(blank, 'name', 'b'), 'name', 'a'), specs)).toEqual([]);
    expect(changedKeys(stored, withValue(blank, 'password', 'new'), specs)).toEqual(['password']);
  });
});
