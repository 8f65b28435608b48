import type { ReactNode } from 'react';
import { preferences, savePreferences } from '../../api/preferences';

/** One line of the palette. */
export type Entry = {
  /** Kind and what: "device 482913377"; a command's is a word. */
  id: string;
  label: string;
  description?: string;
  keywords?: string;
  icon?: ReactNode;
  open: () => void;
  /** Ctrl Enter. */
  connect?: () => void;
  /** Tab. */
  actions?: readonly Entry[];
  /** What it is kept under for the person; left out: not at all. */
  recent?: RecentKind;
};

export type RecentKind = 'device' | 'user' | 'user-group' | 'device-group' | 'book' | 'page';

export type Recent = { kind: RecentKind; key: string; label: string };

const most = 6;
// The server keeps all of a person's likings within 2000 characters.
const labelLength = 24;

const kinds: readonly string[] = ['device', 'user', 'user-group', 'device-group', 'book', 'page'] satisfies RecentKind[];

/** What the person opened last, the newest first; what can't be read is left out. */
export function readRecent(lines: readonly string[]): Recent[] {
  return lines.flatMap((line): Recent[] => {
    const [kind = '', key = '', ...label] = line.split('|');
    return kinds.includes(kind) && key !== '' ? [{ kind: kind as RecentKind, key, label: label.join('|') }] : [];
  });
}

/** The lines with one more at the front; it is there once. */
export function withRecent(lines: readonly string[], { kind, key, label }: Recent): string[] {
  const others = lines.filter((line) => !line.startsWith(`${kind}|${key}|`));
  return [`${kind}|${key}|${label.slice(0, labelLength)}`, ...others].slice(0, most);
}

/** Keeps with the person what was opened; that it could not be kept is nothing to speak of. */
export function remember(entry: Entry): void {
  if (entry.recent === undefined) return;
  const key = entry.id.slice(entry.id.indexOf(' ') + 1);
  const before = preferences.get().recent;
  const after = withRecent(before, { kind: entry.recent, key, label: entry.label });
  if (after.join() !== before.join()) savePreferences({ recent: after }).catch(() => undefined);
}
