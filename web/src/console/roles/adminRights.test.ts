import { describe, expect, it } from 'vitest';
import { changedMembers, emptyDraft, rightsFor, withRight, withRights, type AdminRight } from './adminQueries';

const all: AdminRight[] = [
  { name: 'users.view', includes: 'users.view', types: ['global', 'group'], about: '' },
  { name: 'users.enable', includes: 'users.view', types: ['global', 'group'], about: '' },
  { name: 'users.group', includes: 'users.view', types: ['global'], about: '' },
];

describe('rights of an admin role', () => {
  it('brings what a right includes', () => {
    expect(withRight([], all, 'users.enable', true)).toEqual(['users.view', 'users.enable']);
  });

  it('takes along what includes it', () => {
    expect(withRight(['users.view', 'users.enable'], all, 'users.view', false)).toEqual([]);
    expect(withRight(['users.view', 'users.enable'], all, 'users.enable', false)).toEqual(['users.view']);
  });

  it('takes and leaves all of a subject', () => {
    const names = all.map((right) => right.name);
    expect(withRights(['users.enable'], all, names, true)).toEqual(names);
    expect(withRights(names, all, names, false)).toEqual([]);
  });

  it('keeps only those of a type', () => {
    expect(rightsFor(['users.view', 'users.group'], all, 'group')).toEqual(['users.view']);
    expect(rightsFor(['users.view'], all, 'individual')).toEqual([]);
  });

  it('sends only what differs', () => {
    expect(changedMembers(emptyDraft, { ...emptyDraft, users: ['mara'] })).toEqual({ users: ['mara'] });
    expect(changedMembers(emptyDraft, emptyDraft)).toEqual({});
  });
});
