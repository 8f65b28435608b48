import { describe, expect, it } from 'vitest';
import { ladderOf } from './ladder';
import type { Explanation } from './queries';

const found = (reason: string, policy: Explanation['default_policy']): Explanation => ({
  user: 'mara',
  is_admin: false,
  device: '123456789',
  device_enabled: true,
  device_groups: [],
  default_policy: policy,
  allowed: true,
  reason,
  rules_about_the_device: [],
});

describe('ladderOf', () => {
  it('ends with the step that decides', () => {
    const steps = ladderOf(found('rule', 'own'));
    expect(steps.at(-1)).toEqual({ reason: 'rule', decides: true });
    expect(steps.map((s) => s.reason)).toContain('same_group');
  });

  it('leaves out what the policy does not ask', () => {
    const steps = ladderOf(found('open', 'open')).map((s) => s.reason);
    expect(steps).not.toContain('same_group');
    expect(steps.at(-1)).toBe('open');
  });

  it('knows refusals by the step they belong to', () => {
    expect(ladderOf(found('outside_hours', 'rules')).at(-1)).toEqual({ reason: 'rule', decides: true });
    expect(ladderOf(found('not_logged_in', 'rules')).at(-1)?.reason).toBe('nothing_allows');
  });
});
