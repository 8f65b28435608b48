import { IconCircleCheck, IconCircleX, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { Status } from '../../ui/Status';
import styles from './SetupPage.module.css';

const patience = 8000;

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
export function PortChecks() {
  const t = useTranslations('setup');
  return (
    <ul className={styles.lines} aria-label={t('checks.title')}>
      <Check name={t('checks.id')} path="/ws/id" />
      <Check name={t('checks.relay')} path="/ws/relay" />
    </ul>
  );
}

function Check({ name, path }: { name: string; path: string }) {
  const t = useTranslations('setup');
  const { data } = useQuery({ queryKey: ['port-check', path], queryFn: () => opens(path), staleTime: Infinity });
  const [tone, icon, word] =
    data === undefined
      ? (['neutral', IconLoader, t('checks.asking')] as const)
      : data
        ? (['ok', IconCircleCheck, t('checks.reached')] as const)
        : (['warn', IconCircleX, t('checks.missed')] as const);
  return (
    <li>
      <Status tone={tone} icon={icon} word={word} /> {name}
    </li>
  );
}
