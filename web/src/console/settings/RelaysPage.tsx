import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { clientSetupQuery } from '../../api/clientSetup';
import { Card } from '../../ui/Card';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { AddRelay } from '../../entities/AddRelay';
import { OptionsCard } from './OptionsCard';
import { OwnRelay } from './OwnRelay';
import { RelayQuestion } from './RelayQuestion';
import { PinnedNote } from './PinnedNote';
import { relaysQuery } from '../../api/relays';
import { RelayTable } from './RelayTable';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

/** The relays that this server hands out, and how they are. */
export function RelaysPage() {
  const t = useTranslations('settings');
  const { data, error, refetch } = useQuery(relaysQuery);
  const { data: setup } = useQuery(clientSetupQuery);
  return (
    <SettingsPage page="relays" lead={t('relaysLead')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <PinnedNote setting="relays" member="added" />
      {data?.length === 0 ? <Empty title={t('noRelays')} text={t('noRelaysText')} /> : <RelayTable relays={data} />}
      <OwnRelay />
      <Card title={t('cards.askRelay')}>
        <RelayQuestion />
      </Card>
      <Card title={t('cards.knownRelay')}>
        <AddRelay />
      </Card>
      <Card title={t('cards.addRelay')}>
        <p className={styles.text}>{t('addRelayText')}</p>
        <CopyValue isBlock value={commandOf(setup?.key ?? '')} label={t('cards.addRelay')} />
      </Card>
      <OptionsCard of={['relay.', 'rendezvous.relayServers', 'announceTo', 'advertise']} />
    </SettingsPage>
  );
}

const commandOf = (key: string) =>
  `hawser serve --role relay --key ${key} --announce-to ${location.origin} --advertise relay2.example.com --join-key-file join.key`;
