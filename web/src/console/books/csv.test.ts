import { describe, expect, it } from 'vitest';
import { entryOf, guessMapping, parseCsv, writeCsv } from './csv';

describe('a CSV file', () => {
  it('is read as spreadsheets write it', () => {
    expect(parseCsv('\uFEFFid,alias\r\n1,"a ""b"", c"\r\n\r\n2,"two\nlines"\r\n')).toEqual([
      ['id', 'alias'], ['1', 'a "b", c'], ['2', 'two\nlines'],
    ]);
    expect(parseCsv('id;alias\n1;a')).toEqual([['id', 'alias'], ['1', 'a']]);
    expect(parseCsv('')).toEqual([]);
  });

  it('is understood by its header, in the words of several servers', () => {
    expect(guessMapping(['ID', 'Alias', 'Tags', 'Note'])).toEqual({ id: 0, alias: 1, tags: 2, note: 3 });
    expect(guessMapping(['row_id', 'id', 'username', 'hostname', 'alias', 'platform', 'tags'])).toEqual({
      id: 1, username: 2, hostname: 3, alias: 4, platform: 5, tags: 6,
    });
  });

  it('may be a list of devices of another server', () => {
    const header = 'row_id,id,cpu,hostname,memory,os,username,uuid,version,last_online_time,last_online_ip,group_id,alias,created_at,updated_at';
    const mapping = guessMapping(header.split(','));
    expect(mapping).toEqual({ id: 1, hostname: 3, platform: 5, username: 6, alias: 12 });
    const row = ['7', '123456789', '4 cores', 'KASSE', '16 GB', 'windows / Windows 11 Pro', 'pos', 'u', '1.4.2', '0', '', '0', 'Till', '', ''];
    expect(entryOf(row, mapping, false)).toEqual({
      id: '123456789', alias: 'Till', hostname: 'KASSE', username: 'pos', platform: 'Windows',
    });
    expect(entryOf(['1', 'MacOS 14'], { id: 0, platform: 1 }, false)).toEqual({ id: '1', platform: 'Mac OS' });
    expect(entryOf(['1', 'WebDesktop'], { id: 0, platform: 1 }, false)).toEqual({ id: '1', platform: 'WebDesktop' });
  });

  it('becomes entries; empty cells say nothing', () => {
    const mapping = { id: 0, alias: 1, tags: 2, note: 3, password: 4 };
    expect(entryOf(['123 456 789', '前台', 'a; b|a', "'=1+1", 'secret'], mapping, false)).toEqual({
      id: '123456789', alias: '前台', tags: ['a', 'b'], note: '=1+1', password: 'secret',
    });
    expect(entryOf(['1', '', '["x, y"]', '', 'secret'], mapping, true)).toEqual({ id: '1', tags: ['x, y'] });
  });

  it('comes back as it was written', () => {
    const rows = [['id', 'note'], ['1', '=1+1'], ['2', 'a "b", c']];
    const back = parseCsv(writeCsv(rows));
    expect(back[1]).toEqual(['1', "'=1+1"]);
    expect(back[2]).toEqual(['2', 'a "b", c']);
  });
});
