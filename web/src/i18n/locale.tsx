import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { IntlProvider, type AbstractIntlMessages } from 'use-intl';
import { gates } from '../api/client';

export type Locale = 'en' | 'zh-CN';

export const locales: readonly Locale[] = ['en', 'zh-CN'];

const loaders: Record<Locale, () => Promise<{ default: AbstractIntlMessages }>> = {
  en: () => import('./en'),
  'zh-CN': () => import('./zh-CN'),
};

const key = 'hawser-language';

function initial(): Locale {
  const chosen = read();
  if (chosen !== null) return chosen;
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en';
}

function read(): Locale | null {
  try {
    const value = localStorage.getItem(key);
    return value === 'en' || value === 'zh-CN' ? value : null;
  } catch {
    return null;
  }
}

type Choice = { locale: Locale; choose: (locale: Locale) => void };

const LocaleContext = createContext<Choice>({ locale: 'en', choose: () => undefined });

export function useLocaleChoice(): Choice {
  return use(LocaleContext);
}

/** Shows nothing until the messages are there; afterwards the old language stays until the new one is. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState<Locale>(initial);
  const [loaded, setLoaded] = useState<{ locale: Locale; messages: AbstractIntlMessages } | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void loaders[wanted]().then(({ default: messages }) => {
      if (!isCurrent) return;
      document.documentElement.lang = wanted;
      gates.language = wanted;
      setLoaded({ locale: wanted, messages });
    });
    return () => {
      isCurrent = false;
    };
  }, [wanted]);

  const choose = useCallback((locale: Locale) => {
    try {
      localStorage.setItem(key, locale);
    } catch {
      // Holds for this page then.
    }
    setWanted(locale);
  }, []);

  const choice = useMemo(() => ({ locale: loaded?.locale ?? wanted, choose }), [loaded, wanted, choose]);
  if (loaded === null) return null;
  return (
    <LocaleContext value={choice}>
      <IntlProvider locale={loaded.locale} messages={loaded.messages} timeZone={zone}>
        {children}
      </IntlProvider>
    </LocaleContext>
  );
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
