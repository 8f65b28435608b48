import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { forgetBrowser, removePasskey, type Security, type User } from './queries';
import styles from './users.module.css';

type Props = { user: User; security: Security };

/** The passkeys of a person, and where no second factor is asked for. */
export function Keys({ user, security }: Props) {
  const t = useTranslations('users.safety');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [asked, setAsked] = useState<Security['passkeys'][number] | null>(null);
  const work = useMutation({
    mutationFn: ({ what }: { what: () => Promise<unknown>; done: string }) => what(),
    onSuccess: async (_, { done }) => {
      await client.invalidateQueries({ queryKey: ['users'] });
      say(done);
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const nameOf = (name: string) => (name === '' ? t('unnamed') : name);
  return (
    <>
      <Card title={t('passkeys')}>
        {security.passkeys.length === 0 ? <p className={styles.plain}>{t('noPasskeys')}</p> : (
          <ul className={styles.keys}>
            {security.passkeys.map((key) => (
              <li key={key.id}>
                <span>
                  <strong>{nameOf(key.name)}</strong>
                  <span className={styles.fact}>
                    {` · ${t('made')} `}<TimeText iso={isoOf(key.created_at)} />
                    {` · ${t('used')} `}<TimeText iso={isoOf(key.last_used_at)} />
                  </span>
                </span>
                {security.editable ? (
                  <Button size="xs" variant="default" color="red" onClick={() => setAsked(key)}>{t('remove')}</Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={t('trusted')}>
        {security.trusted.length === 0 ? <p className={styles.plain}>{t('noTrusted')}</p> : (
          <ul className={styles.keys}>
            {security.trusted.map((one) => (
              <li key={one.guid}>
                <span>
                  <strong>{nameOf(one.name)}</strong>
                  <span className={styles.fact}>
                    {one.os === '' ? '' : ` · ${one.os}`}
                    {` · ${t('until')} `}<TimeText iso={isoOf(one.expires_at)} isAbsolute />
                  </span>
                </span>
                {security.editable ? (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => work.mutate({ what: () => forgetBrowser(user.guid, one.guid), done: t('forgotten', { name: nameOf(one.name) }) })}
                  >
                    {t('forget')}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Confirm
        isOpen={asked !== null}
        title={t('removeTitle', { name: nameOf(asked?.name ?? '') })}
        action={t('remove')}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          if (asked !== null) work.mutate({ what: () => removePasskey(user.guid, asked.id), done: t('removed', { name: nameOf(asked.name) }) });
          setAsked(null);
        }}
      >
        {t('removeText')}
      </Confirm>
    </>
  );
}
