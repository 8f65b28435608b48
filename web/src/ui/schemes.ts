import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';
import { preferences, savePreferences } from '../api/preferences';

const key = 'hawser-theme';

const isScheme = (value: unknown): value is MantineColorScheme => value === 'light' || value === 'dark' || value === 'auto';

function remember(scheme: MantineColorScheme): void {
  try {
    localStorage.setItem(key, scheme);
  } catch {
    // Holds for this page then.
  }
}

let unsubscribe: (() => void) | undefined;

/** Light or dark: the person's choice wherever it is known, else that of this browser, else the system's. */
export const schemes: MantineColorSchemeManager = {
  get: (usual) => {
    try {
      const kept = localStorage.getItem(key);
      return isScheme(kept) ? kept : usual;
    } catch {
      return usual;
    }
  },
  set: (scheme) => {
    remember(scheme);
    // It holds here, even where it could not be kept.
    savePreferences({ theme: scheme === 'auto' ? '' : scheme }).catch(() => undefined);
  },
  subscribe: (onUpdate) => {
    let before = preferences.get().theme;
    unsubscribe = preferences.subscribe(() => {
      const { theme } = preferences.get();
      if (theme === before) return;
      before = theme;
      // The next page at this browser begins in the colours of who was here.
      remember(theme === '' ? 'auto' : theme);
      onUpdate(theme === '' ? 'auto' : theme);
    });
  },
  unsubscribe: () => unsubscribe?.(),
  clear: () => localStorage.removeItem(key),
};
