import { describe, expect, it } from 'vitest';
import { appLink, connectKindOf, viewerPath } from './connecting';

describe('ways to connect', () => {
  it('reads what an address asks for, and takes anything else for the screen', () => {
    expect(connectKindOf('files').number).toBe('1');
    expect(connectKindOf('rootshell').kind).toBe('screen');
    expect(connectKindOf(undefined).kind).toBe('screen');
  });

  it('names the viewer and the app', () => {
    expect(viewerPath('123456789')).toBe('/remote/123456789');
    expect(viewerPath('a/b', connectKindOf('terminal'))).toBe('/remote/a%2Fb?kind=terminal');
    expect(appLink('123456789')).toBe('rustdesk://123456789');
    expect(appLink('123456789', connectKindOf('files'))).toBe('rustdesk://file-transfer/123456789');
    expect(appLink('123456789', connectKindOf('camera'))).toBe('rustdesk://view-camera/123456789');
  });
});
