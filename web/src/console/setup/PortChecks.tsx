import { IconCircleCheck, IconCircleX, IconLoader } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { answers, opens } from '../../api/reach';
import { Status } from '../../ui/Status';
import styles from './SetupPage.module.css';

/** What this browser reaches of the server, from where it is. */
export function PortChecks() {
  const t = useTranslations('setup');
  return (
    <ul className={styles.lines} aria-label={t('checks.title')}>
      <Check name={t('checks.http')} path="/api/console/start" />
      <Check name={t('checks.id')} path="/ws/id" />
      <Check name={t('checks.relay')} path="/ws/relay" />
    </ul>
  );
}

function Check({ name, path }: { name: string; path: string }) {
  const t = useTranslations('setup');
  const { data } = useQuery({ queryKey: ['port-check', path], queryFn: () => (path.startsWith('/ws/') ? opens(path) : answers(path)), staleTime: Infinity });
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
