import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';

/** All of a list as a file; the browser saves it while the server reads. */
export function ExportLink({ href }: { href: string }) {
  const t = useTranslations('list');
  return (
    <Button component="a" href={href} download variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
      {t('export')}
    </Button>
  );
}
