import { Button } from '@mantine/core';
import { IconBrowser, IconDeviceDesktop } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import styles from './me.module.css';
import { distrust, securityQuery } from './queries';

/** Where no mailed code is asked for. */
export function TrustedCard() {
  const t = useTranslations('me');
  const format = useFormatter();
  const client = useQueryClient();
  const trusted = useQuery(securityQuery).data?.trusted ?? [];
  const end = useMutation({ mutationFn: distrust, onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }) });
  return (
    <Card title={t('trusted')}>
      <FormError error={end.error} />
      <p className={styles.text}>{trusted.length === 0 ? t('trustedNone') : t('trustedText')}</p>
      {trusted.length === 0 ? null : (
        <ul className={styles.list}>
          {trusted.map((d) => (
            <li key={d.guid} className={styles.item}>
              {d.kind === 'console' ? <IconBrowser size={20} aria-hidden /> : <IconDeviceDesktop size={20} aria-hidden />}
              <span className={styles.grow}>
                {[d.device === '' ? t('unknown') : d.device, d.system].filter((word) => word !== '').join(' · ')}
                <span className={styles.muted}>{t('trustedUntil', { date: format.dateTime(new Date(d.expires_at), { dateStyle: 'medium' }) })}</span>
              </span>
              <Button
                size="xs"
                variant="default"
                aria-label={t('distrustOf', { name: d.device === '' ? t('unknown') : d.device })}
                loading={end.isPending && end.variables === d.guid}
                onClick={() => end.mutate(d.guid)}
              >
                {t('distrust')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
