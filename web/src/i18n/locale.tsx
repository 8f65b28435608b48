import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { IntlProvider, type AbstractIntlMessages } from 'use-intl';
import { gates } from '../api/client';
import { savePreferences, usePreferences, type Preferences } from '../api/preferences';
import { useUsual } from '../api/usual';

export type Locale = 'en' | 'zh-CN';

/** `en-XA` is English made longer; only tests of the layout ask for it, by local storage. */
type Shown = Locale | 'en-XA';

export const locales: readonly Locale[] = ['en', 'zh-CN'];

type Words = { default: AbstractIntlMessages };

// Three files for each language, fetched at the same time: one alone outgrew what a file may weigh.
const english = () => Promise.all([import('./en'), import('./pages/en'), import('./settings/en')]);
const loaders: Record<Shown, () => Promise<Words[]>> = {
  en: english,
  'zh-CN': () => Promise.all([import('./zh-CN'), import('./pages/zh-CN'), import('./settings/zh-CN')]),
  'en-XA': async () => {
    const { pseudoFile } = await import('./pseudo');
    return (await english()).map((file) => ({ default: pseudoFile(file.default) }));
  },
};

const key = 'hawser-language';

function ofBrowser(): Locale {
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en';
}

function read(): Shown | null {
  try {
    const value = localStorage.getItem(key);
    return value === 'en' || value === 'zh-CN' || value === 'en-XA' ? value : null;
  } catch {
    return null;
  }
}

type Choice = { locale: Shown; choose: (locale: Locale) => void };

const LocaleContext = createContext<Choice>({ locale: 'en', choose: () => undefined });

export function useLocaleChoice(): Choice {
  return use(LocaleContext);
}

function keep(locale: Locale): void {
  try {
    localStorage.setItem(key, locale);
  } catch {
    // Holds for this page then.
  }
}

/** The language with the clock of twelve or twenty-four hours that the person chose. */
function withHours(locale: Shown, hours: Preferences['hours']): string {
  return hours === '' ? locale : `${locale}-u-hc-${hours === '12' ? 'h12' : 'h23'}`;
}

/** The person's zone, where this browser knows it; else that of the browser. */
function zoneOf(name: string): string {
  if (name === '') return here;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return here;
  }
}

/** Shows nothing until the messages are there; afterwards the old language stays until the new one is. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const { language, hours, time_zone: zone } = usePreferences();
  const usual = useUsual();
  const [chosen, setChosen] = useState<Shown | null>(read);
  const [loaded, setLoaded] = useState<{ locale: Shown; messages: AbstractIntlMessages } | null>(null);
  const wanted = language || chosen || usual.default_language || ofBrowser();

  useEffect(() => {
    let isCurrent = true;
    void loaders[wanted]().then((files) => {
      if (!isCurrent) return;
      const messages = files.reduce<AbstractIntlMessages>((all, file) => ({ ...all, ...file.default }), {});
      document.documentElement.lang = wanted;
      gates.language = wanted;
      setLoaded({ locale: wanted, messages });
    });
    return () => {
      isCurrent = false;
    };
  }, [wanted]);

  // The next page at this browser begins in the language of who was here.
  useEffect(() => {
    if (language !== '') keep(language);
  }, [language]);

  const choose = useCallback((locale: Locale) => {
    keep(locale);
    setChosen(locale);
    // It holds here, even where it could not be kept.
    savePreferences({ language: locale }).catch(() => setChosen(locale));
  }, []);

  const choice = useMemo(() => ({ locale: loaded?.locale ?? wanted, choose }), [loaded, wanted, choose]);
  if (loaded === null) return null;
  return (
    <LocaleContext value={choice}>
      <IntlProvider locale={withHours(loaded.locale, hours)} messages={loaded.messages} timeZone={zoneOf(zone || usual.default_time_zone)}>
        {children}
      </IntlProvider>
    </LocaleContext>
  );
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
