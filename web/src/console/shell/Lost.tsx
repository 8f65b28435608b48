import { Button, Group } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';

/** Nothing is at this address; the frame stays, and so does the search. */
export function Lost() {
  const t = useTranslations('shell');
  return (
    <Page title={t('notFound')}>
      <Empty
        title={t('notFoundText')}
        action={
          <Group>
            <Button leftSection={<IconSearch size={16} aria-hidden />} onClick={() => spotlight.open()}>
              {t('searchInstead')}
            </Button>
            <Link to="/">{t('toHome')}</Link>
          </Group>
        }
      />
    </Page>
  );
}
