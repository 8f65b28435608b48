import { Button, TextInput } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { startQuery } from '../../api/start';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { Status } from '../../ui/Status';
import styles from './me.module.css';
import { askMailbox, setEmailCodes } from './queries';

/** Codes by mail at new devices. On and off only with a code that came by mail: it must arrive, and at this person. */
export function EmailCodesCard({ me }: { me: Me }) {
  const t = useTranslations('me');
  const c = useTranslations('common');
  const client = useQueryClient();
  const canMail = useQuery(startQuery).data?.forgotten === true;
  const [code, setCode] = useState('');
  const ask = useMutation({ mutationFn: askMailbox });
  const set = useMutation({
    mutationFn: () => setEmailCodes({ on: !me.email_codes, handle: ask.data?.handle ?? '', code: code.trim() }),
    onSuccess: async () => {
      ask.reset();
      setCode('');
      await client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    set.mutate();
  };
  const isOff = !me.factors.includes('email');
  const why = isOff && !me.email_codes ? t('factorOff') : !canMail ? t('mailNotSetUp') : me.email === '' ? t('mailNoAddress') : null;
  return (
    <Card title={t('emailCodes')}>
      <FormError error={ask.error ?? set.error} />
      <div className={styles.row}>
        {me.email_codes ? (
          <Status tone="ok" icon={IconCircleCheck} word={t('on')} />
        ) : (
          <Status tone="neutral" icon={IconCircleDashed} word={t('off')} />
        )}
        <span>{me.has_authenticator ? t('emailCodesBeside') : t('emailCodesText')}</span>
      </div>
      {ask.data === undefined ? (
        <div className={styles.buttons}>
          <Button variant="default" disabled={why !== null} loading={ask.isPending} onClick={() => ask.mutate()}>
            {me.email_codes ? t('emailCodesOff') : t('emailCodesOn')}
          </Button>
          {why === null ? null : <span className={styles.muted}>{why}</span>}
        </div>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          <TextInput
            label={t('mailedCode', { address: ask.data.address })}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <div className={styles.buttons}>
            <Button type="submit" loading={set.isPending} disabled={code.trim().length !== 6}>
              {me.email_codes ? t('turnOff') : t('turnOn')}
            </Button>
            <Button variant="default" onClick={() => ask.reset()}>
              {c('cancel')}
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}
