import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { doors, opens } from '../../api/reach';
import { Status } from '../../ui/Status';
import styles from './settings.module.css';

/** What this browser reaches of the server, from where it is. */
export function Reach() {
  const t = useTranslations('settings');
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['reach'],
    queryFn: () => Promise.all(doors.map(async ([key, path]) => [key, await opens(path)] as const)),
    staleTime: Infinity,
  });
  return (
    <>
      <ul className={styles.lines}>
        {doors.map(([key]) => {
          const isOpen = isFetching ? undefined : data?.find(([k]) => k === key)?.[1];
          return (
            <li key={key}>
              {isOpen === undefined ? (
                <Status tone="neutral" icon={IconLoader} word={t('reach.asking')} />
              ) : isOpen ? (
                <Status tone="ok" icon={IconCircleCheck} word={t('reach.reached')} />
              ) : (
                <Status tone="warn" icon={IconCircleX} word={t('reach.missed')} />
              )}{' '}
              {t(`reach.${key}`)}
            </li>
          );
        })}
      </ul>
      <div className={styles.row}>
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t('reach.again')}
        </Button>
      </div>
    </>
  );
}
