import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { CopyValue } from '../../ui/CopyValue';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { addressQuery, replaceKey, type KeyFacts } from '../../api/address';
import styles from './settings.module.css';

/** The pair that tells clients whom they talk to, and another one instead of it. */
export function KeyCard() {
  const { data } = useQuery(addressQuery);
  const t = useTranslations('settings');
  const key = data?.key;
  if (key === undefined || key === null) return null;
  return (
    <Card title={t('cards.key')}>
      <Facts
        items={[
          [t('key.public'), <CopyValue key="public" value={key.public_key} label={t('key.public')} />],
          [t('key.fingerprint'), <span key="print" className="mono">{key.fingerprint}</span>],
        ]}
      />
      {key.next_key === '' ? null : (
        <Alert color="blue" variant="light" title={t('key.waits')}>
          <p className={styles.text}>{t('key.waitsText')}</p>
          <CopyValue isBlock value={key.next_key} label={t('key.next')} />
        </Alert>
      )}
      {key.source === 'file' ? key.next_key === '' ? <Replace facts={key} /> : null : <p className={styles.text}>{t('key.given')}</p>}
    </Card>
  );
}

function Replace({ facts }: { facts: KeyFacts }) {
  const t = useTranslations('settings');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [isAsking, setAsking] = useState(false);
  const replace = useMutation({
    mutationFn: (reason: string) => replaceKey(facts.public_key, reason),
    onSuccess: () => client.invalidateQueries({ queryKey: addressQuery.queryKey }),
    onError: (problem: unknown) => complain(textOf(problem)),
    onSettled: () => setAsking(false),
  });
  if (!can(me, 'settings.edit')) return null;
  return (
    <div>
      <Button variant="default" color="red" onClick={() => setAsking(true)}>
        {t('key.replace')}
      </Button>
      <ConfirmTyped
        isOpen={isAsking}
        title={t('key.replaceTitle')}
        action={t('key.replaceNow')}
        word={facts.public_key.slice(0, 8)}
        hasReason
        isBusy={replace.isPending}
        onCancel={() => setAsking(false)}
        onConfirm={(reason) => replace.mutate(reason)}
      >
        <p>{t('key.replaceText')}</p>
        <p>{t('key.replaceRestart')}</p>
      </ConfirmTyped>
    </div>
  );
}
