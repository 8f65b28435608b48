import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import type { AttentionItem } from '../../api/overview';
import { Status } from '../../ui/Status';
import styles from './HomePage.module.css';

const places: Record<string, string> = {
  certificate: '/settings/clients',
  relay: '/settings/relays',
  backup: '/settings/backups',
  disk: '/settings/storage',
  pending: '/devices/pending',
  accounts: '/users?state=waiting',
  identity: '/devices?needs=conflict',
  signins: '/alarms?state=new',
  recordings: '/recordings?status=error',
  api: '/devices?needs=api&seen=%3C1d',
  strategy: '/strategies',
};

/**
 * What should be looked at first, each with its cause and the way to it; one green line when there is nothing. Staff
 * are told of what their rights reach only, so that nothing is said of the rest.
 */
export function AttentionLines({ items, isAdmin }: { items: readonly AttentionItem[]; isAdmin: boolean }) {
  const t = useTranslations('home');
  return (
    <div className={styles.attention} role="status">
      {items.length === 0 ? <Status tone="ok" icon={IconCircleCheck} word={t(isAdmin ? 'allClear' : 'nothingForYou')} /> : null}
      {items.map((item) => (
        <Line key={`${item.part} ${item.about}`} item={item} />
      ))}
    </div>
  );
}

function Line({ item }: { item: AttentionItem }) {
  const t = useTranslations('home');
  const word = item.state.replaceAll(' ', '_');
  const isBad = ['not ready', 'down', 'stopped', 'failed', 'expired'].includes(item.state);
  // A part of the server that has a page of its own.
  const part = item.part === 'part' && item.about === 'certificate' ? 'certificate' : item.part;
  const cause = `causes.${part}`;
  const action = `actions.${part}`;
  return (
    <Link to={part === 'rollout' ? `/strategies/${item.id}/rollout` : (places[part] ?? '/health')} className={styles.line ?? ''}>
      <Status
        tone={isBad ? 'bad' : 'warn'}
        icon={isBad ? IconCircleX : IconAlertTriangle}
        word={t.has(`states.${word}`) ? t(`states.${word}`) : item.state}
      />
      <span className={styles.cause}>{t.has(cause) ? t(cause, { about: item.about }) : t('part', { part: item.about })}</span>
      <span className={styles.action}>{t(t.has(action) ? action : 'actions.part')}</span>
    </Link>
  );
}
