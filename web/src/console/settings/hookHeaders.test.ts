import { describe, expect, it } from 'vitest';
import { emptyHeader, headersOf, sentOf } from './hookHeaders';

describe('headers of a web hook', () => {
  it('keeps the values that nobody typed anew, and leaves out what has no name', () => {
    const [kept, replaced] = headersOf(['Authorization', 'X-Team']);
    const rows = [kept, replaced && { ...replaced, value: 'ops' }, { ...emptyHeader(), name: ' X-New ', value: '' }, { ...emptyHeader(), value: 'lost' }];
    expect(sentOf(rows.filter((row) => row !== undefined))).toEqual({ Authorization: '********', 'X-Team': 'ops', 'X-New': '' });
  });
});
