import { Button } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useLocaleChoice } from '../i18n/locale';

// Each language in its own words, so that whoever is lost finds back.
const names = { en: 'English', 'zh-CN': '中文' } as const;

/** The other language. */
export function LocaleSwitch() {
  const { locale, choose } = useLocaleChoice();
  const other = locale === 'en' ? 'zh-CN' : 'en';
  return (
    <Button
      variant="subtle"
      color="gray"
      lang={other}
      leftSection={<IconLanguage size={20} aria-hidden />}
      onClick={() => choose(other)}
    >
      {names[other]}
    </Button>
  );
}
