import { Alert, Button, Modal } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Me } from '../../api/me';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { RecoveryCodes } from '../../ui/RecoveryCodes';
import { Status } from '../../ui/Status';
import { TotpForm } from '../../ui/TotpForm';
import styles from './me.module.css';
import { confirmTotp, offerTotp, renewCodes } from './queries';
import { TurnOff } from './TurnOff';

/** The authenticator and its recovery codes. */
export function AuthenticatorCard({ me }: { me: Me }) {
  const t = useTranslations('me');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [codes, setCodes] = useState<string[] | null>(null);
  const [isAsking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ['me'] });
  const offer = useMutation({ mutationFn: offerTotp });
  const confirm = useMutation({
    mutationFn: (code: string) => confirmTotp(offer.data?.offer ?? '', code),
    onSuccess: async (done) => {
      offer.reset();
      if (done.recovery_codes.length > 0) setCodes(done.recovery_codes);
      await refresh();
    },
  });
  const renew = useMutation({
    mutationFn: renewCodes,
    onSuccess: async (done) => {
      setCodes(done.recovery_codes);
      await refresh();
    },
  });
  const isOff = !me.factors.includes('authenticator');
  const error = offer.error ?? renew.error;
  return (
    <Card title={t('authenticator')}>
      {error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {textOf(error)}
        </Alert>
      )}
      <div className={styles.row}>
        {me.has_authenticator ? (
          <Status tone="ok" icon={IconCircleCheck} word={t('on')} />
        ) : (
          <Status tone="neutral" icon={IconCircleDashed} word={t('off')} />
        )}
        {me.has_authenticator ? <span>{t('codesLeft', { count: me.recovery_codes_left })}</span> : <span>{t('totpText')}</span>}
      </div>
      {isOff ? <p className={styles.text}>{t('factorOff')}</p> : null}
      {offer.data === undefined ? (
        <div className={styles.buttons}>
          <Button variant={me.has_authenticator ? 'default' : 'filled'} loading={offer.isPending} disabled={isOff} onClick={() => offer.mutate()}>
            {me.has_authenticator ? t('replaceTotp') : t('setUpTotp')}
          </Button>
          {me.has_authenticator ? (
            <>
              <Button variant="default" loading={renew.isPending} disabled={!me.factors.includes('recovery')} onClick={() => renew.mutate()}>
                {t('renewCodes')}
              </Button>
              <Button
                variant="subtle"
                color="red"
                disabled={me.authenticator_enforced}
                title={me.authenticator_enforced ? t('enforced') : undefined}
                onClick={() => setAsking(true)}
              >
                {t('turnOff')}
              </Button>
            </>
          ) : null}
        </div>
      ) : (
        <TotpForm question={offer.data} error={confirm.error} isBusy={confirm.isPending} onCode={(c) => confirm.mutate(c)} />
      )}
      <Modal opened={codes !== null} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t('keepCodes')}>
        <RecoveryCodes codes={codes ?? []} onKept={() => setCodes(null)} />
      </Modal>
      {isAsking ? <TurnOff needsCode={!isOff} onClose={() => setAsking(false)} /> : null}
    </Card>
  );
}
