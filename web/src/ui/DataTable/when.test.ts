import { describe, expect, it } from 'vitest';
import { stretchOf } from './when';

const now = new Date(2026, 4, 12, 15, 30);
const at = (...parts: [number, number, number]) =>
  new Date(parts[0], parts[1] - 1, parts[2]).toISOString().slice(0, 19).replace('T', ' ');

describe('a stretch of time', () => {
  it('is a whole day where the person is', () => {
    expect(stretchOf('2026-05-05', now)).toEqual({ created_at: at(2026, 5, 5), until: at(2026, 5, 6) });
  });
  it('is several days, over the end of a month too', () => {
    expect(stretchOf('2026-04-30..2026-05-31', now)).toEqual({ created_at: at(2026, 4, 30), until: at(2026, 6, 1) });
  });
  it('may have one end only', () => {
    expect(stretchOf('2026-04-30..', now)).toEqual({ created_at: at(2026, 4, 30) });
    expect(stretchOf('..2026-04-30', now)).toEqual({ until: at(2026, 5, 1) });
  });
  it('moves on with the clock', () => {
    expect(stretchOf('24h', now)).toEqual({ created_at: new Date(2026, 4, 11, 15, 30).toISOString().slice(0, 19).replace('T', ' ') });
    expect(stretchOf('yesterday', now)).toEqual({ created_at: at(2026, 5, 11), until: at(2026, 5, 12) });
    expect(stretchOf('today', now)).toEqual({ created_at: at(2026, 5, 12) });
  });
  it('narrows nothing when it is nonsense', () => {
    expect(stretchOf('2026-02-31', now)).toEqual({});
    expect(stretchOf('soon', now)).toEqual({});
    expect(stretchOf(undefined, now)).toEqual({});
  });
});
