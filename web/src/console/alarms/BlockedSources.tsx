import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import styles from './alarms.module.css';
import { blockedQuery, blockSource, unblockSource } from './queries';

/** From where nobody is let in; each can be let in again. */
export function BlockedSources() {
  const t = useTranslations('alarms');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data } = useQuery({ ...blockedQuery, enabled: can(me, 'access.view') });
  const work = useMutation({
    mutationFn: ({ address, isBack }: { address: string; isBack: boolean }) => (isBack ? blockSource(address) : unblockSource(address)),
    onSuccess: (now, { address, isBack }) => {
      client.setQueryData(blockedQuery.queryKey, now);
      if (!isBack) sayWithUndo(t('unblocked', { address }), c('undo'), () => work.mutate({ address, isBack: true }));
    },
    onError: (problem) => complain(textOf(problem)),
  });
  if (data === undefined || data.addresses.length === 0) return null;
  return (
    <Card title={t('blockedTitle', { count: data.addresses.length })}>
      <p className={styles.text}>{t('blockedText')}</p>
      <ul className={styles.list}>
        {data.addresses.map((address) => (
          <li key={address} className={styles.item}>
            <span className={`${styles.grow ?? ''} mono`}>{address}</span>
            {can(me, 'access.edit') ? (
              <Button variant="default" aria-label={t('unblockOf', { address })} disabled={work.isPending} onClick={() => work.mutate({ address, isBack: false })}>
                {t('unblock')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
