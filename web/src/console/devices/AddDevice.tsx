import { Button, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { clientSetupQuery } from '../../api/clientSetup';
import { can, useMe } from '../../api/me';
import { MakeDeployToken } from '../../entities/deploy/MakeDeployToken';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { CopyValue } from '../../ui/CopyValue';
import { PlainLink } from '../../ui/PlainLink';
import styles from './devices.module.css';

/** The ways in which a device comes here. */
export function AddDevice({ onClose }: { onClose: () => void }) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const me = useMe();
  const { data: setup } = useQuery(clientSetupQuery);
  const [isToken, setToken] = useState(false);
  if (isToken) return <MakeDeployToken onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} size="xl" title={t('add.title')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="lg">
        <section>
          <h2 className={styles.heading}>{t('add.client')}</h2>
          {setup === undefined ? null : <ClientSetupCard setup={setup} />}
        </section>
        {can(me, 'settings.edit') ? (
          <>
            <section>
              <h2 className={styles.heading}>{t('add.tokenTitle')}</h2>
              <p className={styles.note}>{t('add.tokenText')}</p>
              <Button variant="default" onClick={() => setToken(true)}>
                {t('add.tokenTitle')}
              </Button>
            </section>
            <section>
              <h2 className={styles.heading}>{t('add.assignTitle')}</h2>
              <p className={styles.note}>
                {t('add.assignText')} <PlainLink to="/settings/tokens" text={t('add.tokens')} />
              </p>
              <CopyValue
                isBlock
                value="rustdesk --assign --token TOKEN --user_name NAME --device_group_name GROUP --strategy_name STRATEGY"
                label={t('add.assign')}
              />
            </section>
          </>
        ) : null}
      </Stack>
    </Modal>
  );
}
