import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { deployTokensQuery, endDeployToken, type DeployToken } from '../../entities/deploy/deployTokens';
import { MakeDeployToken } from '../../entities/deploy/MakeDeployToken';
import styles from './settings.module.css';

/** What new devices come with. */
export function DeployTokens() {
  const t = useTranslations('settings');
  const d = useTranslations('deployment');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(deployTokensQuery);
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<DeployToken | null>(null);
  const end = useMutation({
    mutationFn: endDeployToken,
    onSuccess: () => client.invalidateQueries({ queryKey: ['deploy-tokens'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  return (
    <Card
      title={t('cards.deploy')}
      actions={
        <Button variant="default" onClick={() => setMaking(true)}>
          {d('make')}
        </Button>
      }
    >
      <p className={styles.text}>{t('deploy.text')}</p>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? <p className={styles.text}>{t('deploy.none')}</p> : null}
      <ul className={styles.list}>
        {(data?.data ?? []).map((row) => (
          <li key={row.guid} className={styles.item}>
            <span className={styles.grow}>
              <span className={styles.name}>{row.name}</span>
              <span className={styles.sub}>
                {row.maximum_uses === 0 ? t('deploy.uses', { uses: row.uses }) : t('deploy.usesOf', { uses: row.uses, most: row.maximum_uses })}
                {[row.user_name, row.device_group_name].filter((word) => word !== '').map((word) => ` · ${word}`).join('')}
              </span>
              <span className={styles.sub}>
                {t('token.expires')}: {row.expires_at === null ? t('token.neverExpires') : <TimeText iso={isoOf(row.expires_at)} />}
              </span>
            </span>
            <Button variant="default" color="red" aria-label={t('token.endOf', { name: row.name })} onClick={() => setDoomed(row)}>
              {t('token.end')}
            </Button>
          </li>
        ))}
      </ul>
      {isMaking ? <MakeDeployToken onClose={() => setMaking(false)} /> : null}
      <Confirm
        isOpen={doomed !== null}
        title={t('token.endTitle', { name: doomed?.name ?? '' })}
        action={t('token.end')}
        isBusy={end.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => end.mutate(doomed?.guid ?? '')}
      >
        {t('deploy.endText')}
      </Confirm>
    </Card>
  );
}
