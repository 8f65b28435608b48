import { IconAlertTriangle, IconBan, IconCircleCheck, IconClockPause } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { clientSetupQuery } from '../../api/clientSetup';
import { Card } from '../../ui/Card';
import { CopyValue } from '../../ui/CopyValue';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Status } from '../../ui/Status';
import { AddRelay } from './AddRelay';
import { RelayActions } from './RelayActions';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

export type Relay = {
  address: string;
  name: string;
  state: string;
  source: 'options' | 'settings' | 'announced';
  enabled: boolean;
  pairs: number;
  bytes_per_second: number;
};

const relaysQuery = queryOptions({
  queryKey: ['relays'],
  queryFn: ({ signal }) => call<Relay[]>('GET', '/api/relays', { signal }),
  // Probes tell nobody when they come back.
  refetchInterval: 5000,
});
const noSort = () => undefined;
const states = {
  healthy: { tone: 'ok', icon: IconCircleCheck },
  draining: { tone: 'warn', icon: IconClockPause },
  down: { tone: 'bad', icon: IconAlertTriangle },
  disabled: { tone: 'neutral', icon: IconBan },
} as const;

/** The relays that this server hands out, and how they are. */
export function RelaysPage() {
  const t = useTranslations('settings');
  const format = useFormatter();
  const { data, error, refetch } = useQuery(relaysQuery);
  const { data: setup } = useQuery(clientSetupQuery);
  const columns = useMemo<Column<Relay>[]>(
    () => [
      { id: 'address', header: t('relay.address'), card: 'title', cell: (r) => (
          <>
            {r.name === '' ? null : <span className={styles.name}>{r.name} </span>}
            <CopyValue value={r.address} label={t('relay.address')} />
          </>
        ),
      },
      { id: 'source', header: t('relay.source'), card: 'line', cell: (r) => t(`relay.sources.${r.source}`) },
      { id: 'state', header: t('relay.state'), card: 'state', cell: (r) => <RelayState state={r.state} /> },
      { id: 'pairs', header: t('relay.pairs'), isNumber: true, card: 'line', cell: (r) => format.number(r.pairs) },
      {
        id: 'rate',
        header: t('relay.rate'),
        isNumber: true,
        card: 'line',
        cell: (r) => t('relay.mbit', { rate: format.number((r.bytes_per_second * 8) / 1e6, { maximumFractionDigits: 1 }) }),
      },
    ],
    [t, format],
  );
  return (
    <SettingsPage page="relays" lead={t('relaysLead')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? (
        <Empty title={t('noRelays')} text={t('noRelaysText')} />
      ) : (
        <DataTable label={t('pages.relays')} columns={columns} rows={data} keyOf={(r) => r.address} nameOf={(r) => r.address} sort="" onSort={noSort} actions={(r) => <RelayActions relay={r} />} />
      )}
      <Card title={t('cards.knownRelay')}>
        <AddRelay />
      </Card>
      <Card title={t('cards.addRelay')}>
        <p className={styles.text}>{t('addRelayText')}</p>
        <CopyValue isBlock value={commandOf(setup?.key ?? '')} label={t('cards.addRelay')} />
      </Card>
    </SettingsPage>
  );
}

const commandOf = (key: string) =>
  `hawser serve --role relay --key ${key} --announce-to ${location.origin} --advertise relay2.example.com --join-key-file join.key`;

function RelayState({ state }: { state: string }) {
  const t = useTranslations('settings');
  const known = state === 'healthy' || state === 'draining' || state === 'disabled' ? state : 'down';
  return <Status tone={states[known].tone} icon={states[known].icon} word={t(`relay.states.${known}`)} />;
}
