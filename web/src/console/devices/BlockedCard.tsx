import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './devices.module.css';
import { blockedQuery, unblock } from './pending';

/** The addresses from where no new device is taken, each with the way back; nothing while there is none. */
export function BlockedCard({ mayChange }: { mayChange: boolean }) {
  const t = useTranslations('devices.pending');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data = [] } = useQuery(blockedQuery);
  if (data.length === 0) return null;
  const free = (address: string) =>
    void unblock(address).then(
      () => client.invalidateQueries({ queryKey: ['devices'] }),
      (problem: unknown) => complain(textOf(problem)),
    );
  return (
    <Card title={t('blocked')}>
      <p className={styles.plain}>{t('blockedText')}</p>
      <ul className={styles.blocked}>
        {data.map((address) => (
          <li key={address}>
            <span className="mono">{address}</span>
            {mayChange ? (
              <Button size="xs" variant="default" aria-label={t('unblockOne', { address })} onClick={() => free(address)}>
                {t('unblock')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
