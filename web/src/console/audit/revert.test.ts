import { describe, expect, it } from 'vitest';
import { changesOf, detailsOf, revertOf } from './revert';
import type { Operation } from '../../entities/operations';

const row = (action: string, info: Operation['info']): Operation => ({
  guid: 'g', operator: 'admin', typ: 7, iop: 140, action, created_at: 0, ip: '', info,
});

describe('what was done', () => {
  const changed = row('change_setting', { targets: ['groups'], members: 'disabled', before: '{"disabled":false}', after: '{"disabled":true}' });

  it('says before and after of each member', () => {
    expect(changesOf(changed)).toEqual([['disabled', 'false', 'true']]);
    expect(detailsOf(changed)).toEqual([['members', 'disabled']]);
  });
  it('is taken back with what was before', () => {
    expect(revertOf(changed)).toEqual({ kind: 'setting', name: 'groups', values: { disabled: false } });
    expect(revertOf(row('start_job', { targets: ['j-1'] }))).toEqual({ kind: 'job', guid: 'j-1' });
  });
  it('is not where nothing is known of before, or only stars', () => {
    expect(revertOf(row('change_setting', { targets: ['mail'], members: 'host' }))).toBeNull();
    expect(revertOf(row('change_setting', { targets: ['x'], before: '{"secret":"********"}', after: '{"secret":"********"}' }))).toBeNull();
    expect(revertOf(row('add_user', { targets: ['mara'] }))).toBeNull();
    expect(changesOf(row('change_setting', { targets: ['x'], before: 'cut off {', after: '' }))).toEqual([]);
  });
});
