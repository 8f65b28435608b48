import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { Status } from '../../ui/Status';
import styles from './settings.module.css';

const patience = 8000;
const ports = [
  ['id', '/ws/id'],
  ['relay', '/ws/relay'],
] as const;

function opens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${basePath}${path}`);
    const finish = (isOpen: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(isOpen);
    };
    const timer = setTimeout(() => finish(false), patience);
    socket.addEventListener('open', () => finish(true));
    socket.addEventListener('error', () => finish(false));
  });
}

/** What this browser reaches of the server, from where it is. */
export function Reach() {
  const t = useTranslations('settings');
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['reach'],
    queryFn: () => Promise.all(ports.map(async ([key, path]) => [key, await opens(path)] as const)),
    staleTime: Infinity,
  });
  return (
    <>
      <ul className={styles.lines}>
        {ports.map(([key]) => {
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
