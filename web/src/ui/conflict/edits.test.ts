import { describe, expect, it } from 'vitest';
import { Problem } from '../../api/problem';
import { changesOf, saveOver, without } from './edits';

type Values = Partial<Record<'name' | 'note' | 'rank', string>>;

/** Something that others change, too: each entry of `meanwhile` is there before the next attempt. */
function server(start: Values, meanwhile: Values[]) {
  const state = { values: start, version: 0 };
  const sent: Partial<Values>[] = [];
  return {
    state,
    sent,
    read: () => Promise.resolve({ values: state.values, version: String(state.version) }),
    save: (changes: Partial<Values>, version: string | undefined) => {
      const other = meanwhile.shift();
      if (other !== undefined) {
        state.values = { ...state.values, ...other };
        state.version += 1;
      }
      if (version !== String(state.version)) return Promise.reject(new Problem(409, 'edit_conflict', 'changed'));
      sent.push(changes);
      state.values = { ...state.values, ...changes };
      return Promise.resolve('done');
    },
  };
}

const read = { values: { name: 'a', note: 'b' }, version: '0' };

describe('saving over what others edit', () => {
  it('sends what was changed, and nothing where nothing was', async () => {
    expect(changesOf<Values>({ name: 'a', note: 'b' }, { name: 'a', note: 'c' })).toEqual({ note: 'c' });
    expect(changesOf<Values>({ name: 'a', note: 'b' }, { name: 'a' })).toEqual({ note: undefined });
    const other = server(read.values, []);
    expect(await saveOver<Values, string>({}, read, other.save, other.read)).toEqual({ saved: undefined });
  });

  it('lets both hold who changed different things', async () => {
    const other = server(read.values, [{ note: 'theirs' }]);
    expect(await saveOver<Values, string>({ name: 'mine' }, read, other.save, other.read)).toEqual({ saved: 'done' });
    expect(other.state.values).toEqual({ name: 'mine', note: 'theirs' });
  });

  it('shows what both changed, and saves nothing until it is chosen', async () => {
    const other = server(read.values, [{ name: 'theirs' }]);
    const outcome = await saveOver<Values, string>({ name: 'mine', note: 'mine, too' }, read, other.save, other.read);
    expect(outcome).toEqual({
      clash: { changes: { name: 'mine', note: 'mine, too' }, now: { values: { name: 'theirs', note: 'b' }, version: '1' }, names: ['name'] },
    });
    expect(other.sent).toEqual([]);
    if (!('clash' in outcome)) return;
    const rest = without(outcome.clash.changes, ['name']);
    expect(await saveOver<Values, string>(rest, outcome.clash.now, other.save, other.read)).toEqual({ saved: 'done' });
    expect(other.state.values).toEqual({ name: 'theirs', note: 'mine, too' });
  });

  it('needs nobody where both want the same', async () => {
    const other = server(read.values, [{ name: 'same' }]);
    expect(await saveOver<Values, string>({ name: 'same' }, read, other.save, other.read)).toEqual({ saved: 'done' });
  });

  it('gives up where somebody saves again and again', async () => {
    const other = server(read.values, Array.from({ length: 9 }, (_, n) => ({ rank: String(n) })));
    await expect(saveOver<Values, string>({ name: 'mine' }, read, other.save, other.read)).rejects.toThrow('changed');
  });
});
