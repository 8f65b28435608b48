import { ActionIcon, Alert, Button, TextInput, Tooltip } from '@mantine/core';
import { IconKey, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import styles from './me.module.css';
import { PasskeyName } from './PasskeyName';
import { addPasskey, removePasskey, securityQuery } from './queries';

/** Passkeys: the only sign-in with one press. */
export function PasskeysCard({ me }: { me: Me }) {
  const t = useTranslations('me');
  const client = useQueryClient();
  const textOf = useProblemText();
  const security = useQuery(securityQuery);
  const [name, setName] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['me'] });
  const add = useMutation({
    mutationFn: () => addPasskey(name),
    onSuccess: async () => {
      setName('');
      await refresh();
    },
  });
  const remove = useMutation({ mutationFn: removePasskey, onSuccess: refresh });
  const isOffered = window.isSecureContext && 'PublicKeyCredential' in window;
  const error = add.error instanceof DOMException ? null : (add.error ?? remove.error);
  return (
    <Card title={t('passkeys')}>
      {error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      )}
      <p className={styles.text}>{t('passkeysText')}</p>
      {(security.data?.passkeys ?? []).length === 0 ? null : (
        <ul className={styles.list}>
          {security.data?.passkeys.map((p) => (
            <li key={p.id} className={styles.item}>
              <IconKey size={20} aria-hidden />
              <PasskeyName passkey={p} />
              <span className={styles.muted}>
                <TimeText iso={p.last_used_at ?? p.created_at} />
              </span>
              <Tooltip label={t('removePasskey', { name: p.name })}>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  size={36}
                  aria-label={t('removePasskey', { name: p.name })}
                  onClick={() => remove.mutate(p.id)}
                >
                  <IconTrash size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      {!me.factors.includes('passkey') ? (
        <p className={styles.text}>{t('factorOff')}</p>
      ) : isOffered ? (
        <div className={styles.inline}>
          <TextInput label={t('passkeyName')} maxLength={60} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Button variant="default" loading={add.isPending} onClick={() => add.mutate()}>
            {t('addPasskey')}
          </Button>
        </div>
      ) : (
        <p className={styles.text}>{t('passkeysNeedTls')}</p>
      )}
    </Card>
  );
}
