import { Button } from '@mantine/core';
import { IconBrowser, IconDeviceDesktop } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { TimeText } from '../../ui/TimeText';
import { MePage } from './MePage';
import styles from './me.module.css';
import { endOthers, endSession, securityQuery } from './queries';

/** Where one is signed in: browsers and clients. */
export function SignInsPage() {
  const t = useTranslations('me');
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(securityQuery);
  const refresh = () => client.invalidateQueries({ queryKey: ['me'] });
  const end = useMutation({ mutationFn: endSession, onSuccess: refresh });
  const others = useMutation({ mutationFn: endOthers, onSuccess: refresh });
  const sessions = data?.sessions ?? [];
  return (
    <MePage
      page="signIns"
      title={t('signIns')}
      actions={
        sessions.length > 1 ? (
          <Button variant="default" loading={others.isPending} onClick={() => others.mutate()}>
            {t('endOthers')}
          </Button>
        ) : undefined
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <Card isFlush>
        <ul className={styles.list}>
          {sessions.map((s) => (
            <li key={s.guid} className={styles.item}>
              {s.kind === 'console' ? <IconBrowser size={20} aria-hidden /> : <IconDeviceDesktop size={20} aria-hidden />}
              <span className={styles.grow}>
                {s.device === '' ? t('unknown') : s.device}
                {s.system === '' ? null : ` · ${s.system}`}
                <span className={styles.muted}>
                  {s.address} · <TimeText iso={s.last_used_at ?? s.created_at} />
                </span>
              </span>
              {s.current ? (
                <span className={styles.muted}>{t('thisOne')}</span>
              ) : (
                <Button
                  size="xs"
                  variant="default"
                  loading={end.isPending && end.variables === s.guid}
                  onClick={() => end.mutate(s.guid)}
                >
                  {t('end')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Card>
    </MePage>
  );
}
