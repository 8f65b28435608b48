import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { Status } from '../../ui/Status';
import { browserQuery } from './browserTest';

/** What works between this browser and the server, tried from where the person is. */
export function BrowserTest() {
  const t = useTranslations('health');
  const { data, isFetching, refetch } = useQuery(browserQuery);
  return (
    <Card
      title={t('fromHere')}
      actions={
        <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t('tryAgain')}
        </Button>
      }
    >
      {data === undefined ? (
        <Status tone="neutral" icon={IconLoader} word={t('trying')} />
      ) : (
        <Facts
          items={data.map(
            ({ name, works, detail }) =>
              [
                t(`tests.${name}`),
                <span key={name}>
                  <Status tone={works ? 'ok' : 'warn'} icon={works ? IconCircleCheck : IconAlertTriangle} word={t(works ? 'works' : 'worksNot')} />
                  {detail === '' ? null : ` ${detail}`}
                  {works ? null : <span> {t(`why.${name}`)}</span>}
                </span>,
              ] as const,
          )}
        />
      )}
    </Card>
  );
}
