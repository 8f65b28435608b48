import { MantineThemeProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';

/** Where toasts appear; their buttons are named in the page's language. */
export function Toasts() {
  const t = useTranslations('common');
  const close = t('close');
  const words = useMemo(
    () => ({ components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': close } } } } }),
    [close],
  );
  return (
    <MantineThemeProvider theme={words} inherit>
      <Notifications position="bottom-right" limit={3} />
    </MantineThemeProvider>
  );
}
