import { describe, expect, it } from 'vitest';
import { readSuppositions, written, type Supposition } from './suppositions';

const all: readonly Supposition[] = [
  { kind: 'member', user: 'bob', group: '北 & south' },
  { kind: 'device', device: '123456789', group: 'Tills' },
  { kind: 'add', subject: { kind: 'everybody' }, target: { kind: 'device_group', name: 'Tills' } },
  { kind: 'without', guid: '019a7c5e-0000-7000-8000-000000000000', name: 'Shops to tills' },
];

describe('suppositions in an address', () => {
  it('come back as they were', () => {
    expect(readSuppositions(written(all))).toEqual(all);
    expect(written([])).toBe('');
  });

  it('are dropped when they are none', () => {
    for (const text of ['', '{', '7', 'null', '{"kind":"member"}', '[null,7,"x",[]]', '[{"kind":"member","user":"bob"}]', '[{"kind":"odd"}]']) {
      expect(readSuppositions(text)).toEqual([]);
    }
    const odd = [{ kind: 'add', subject: { kind: 'user' }, target: { kind: 'all_devices' } }, { kind: 'member', user: 'b', group: 'x'.repeat(301) }, all[0]];
    expect(readSuppositions(JSON.stringify(odd))).toEqual([all[0]]);
    expect(readSuppositions(JSON.stringify(Array.from({ length: 50 }, () => all[0])))).toHaveLength(20);
  });
});
