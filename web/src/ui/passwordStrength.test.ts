import { describe, expect, it } from 'vitest';
import { strengthOf } from './passwordStrength';

describe('how hard a password is to guess', () => {
  it('says first what the server would refuse', () => {
    expect(strengthOf('', 'mara', 8)).toBe('empty');
    expect(strengthOf('Tulip#4', 'mara', 8)).toBe('short');
    expect(strengthOf('Tulip#42 of', 'mara', 12)).toBe('short');
    expect(strengthOf('MaraLehmann', ' maralehmann', 8)).toBe('name');
    expect(strengthOf('abababab', 'mara', 8)).toBe('simple');
  });

  it('gives little for what guessing begins with', () => {
    expect(strengthOf('Password123!', 'mara', 8)).toBe('weak');
    expect(strengthOf('qwertz12345678', 'mara', 8)).toBe('weak');
    expect(strengthOf('aaaaaaaaaaaaab1', 'mara', 8)).toBe('weak');
  });

  it('likes length more than signs', () => {
    expect(strengthOf('k7#Lw9qT', 'mara', 8)).toBe('fair');
    expect(strengthOf('four yellow boats at noon', 'mara', 8)).toBe('good');
    expect(strengthOf('Tulip#42 of Mara', 'mara', 8)).toBe('good');
  });
});
