import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconHourglass } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { channelsQuery } from './channels';
import { ChannelTabs } from './ChannelTabs';
import { DeliveryDetails } from './DeliveryDetails';
import { DeliveryFilters } from './DeliveryFilters';
import { deliveriesQuery, retryDelivery, type Delivery } from './deliveries';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

const filterKeys = ['state', 'channel'] as const;
const noSort = () => undefined;

/** What went through the channels and what did not, and why. */
export function DeliveriesPage() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', filterKeys);
  const { data, error, refetch } = useQuery(deliveriesQuery(list));
  const { data: channels } = useQuery(channelsQuery);
  const [shown, setShown] = useState<Delivery | null>(null);
  const retry = useMutation({
    mutationFn: (delivery: Delivery) => retryDelivery(delivery.guid),
    onSuccess: async () => {
      await Promise.all(['deliveries', 'channels'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      say(t('delivery.retried'));
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const columns = useMemo<Column<Delivery>[]>(
    () => [
      { id: 'state', header: t('delivery.state'), card: 'state', cell: (d) => <DeliveryState state={d.state} /> },
      {
        id: 'what',
        header: t('delivery.what'),
        card: 'title',
        cell: (d) => (
          <>
            <span className={styles.name}>{d.subject === '' ? t('delivery.untitled') : d.subject}</span>
            <span className={styles.sub}>{d.recipient}</span>
          </>
        ),
      },
      { id: 'kind', header: t('delivery.by'), cell: (d) => t(`channel.kinds.${d.kind}`) },
      { id: 'made', header: t('delivery.made'), card: 'line', cell: (d) => <TimeText iso={isoOf(d.created_at)} /> },
      { id: 'outcome', header: t('delivery.outcome'), card: 'line', cell: (d) => <Outcome delivery={d} /> },
    ],
    [t],
  );
  const isFiltered = Object.keys(list.filters).length > 0;
  return (
    <SettingsPage page="channels" lead={t('deliveriesLead')}>
      <ChannelTabs now="deliveries" />
      <DeliveryFilters channels={channels ?? []} values={list.filters} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t(isFiltered ? 'delivery.noMatch' : 'delivery.none')} text={t('delivery.noneText')} />
      ) : (
        <DataTable
          label={t('delivery.title')}
          columns={columns}
          rows={data?.data}
          keyOf={(d) => d.guid}
          nameOf={(d) => d.subject}
          sort=""
          onSort={noSort}
          actions={(d) => (
            <div className={styles.row}>
              {d.kind === 'email' ? null : (
                <Button size="xs" variant="default" aria-label={t('delivery.detailsOf', { name: d.subject })} onClick={() => setShown(d)}>
                  {t('delivery.details')}
                </Button>
              )}
              {d.state === 'sent' && d.kind === 'email' ? null : (
              <Button
                size="xs"
                variant="default"
                aria-label={t('delivery.retryOf', { name: d.subject })}
                loading={retry.isPending && retry.variables.guid === d.guid}
                onClick={() => retry.mutate(d)}
              >
                {t(d.state === 'sent' ? 'delivery.again' : 'delivery.retry')}
              </Button>
              )}
            </div>
          )}
        />
      )}
      {shown === null ? null : <DeliveryDetails delivery={shown} onClose={() => setShown(null)} />}
      <Pager list={list} total={data?.total} onChange={change} />
    </SettingsPage>
  );
}

const looks = {
  waiting: { tone: 'info', icon: IconHourglass },
  sent: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconAlertTriangle },
} as const;

function DeliveryState({ state }: { state: Delivery['state'] }) {
  const t = useTranslations('settings');
  return <Status tone={looks[state].tone} icon={looks[state].icon} word={t(`delivery.states.${state}`)} />;
}

function Outcome({ delivery: d }: { delivery: Delivery }) {
  const t = useTranslations('settings');
  return (
    <>
      {d.state === 'sent' ? <TimeText iso={isoOf(d.sent_at)} /> : null}
      {d.state === 'waiting' ? (
        <span>
          {t('delivery.next')} <TimeText iso={isoOf(d.next_attempt_at)} />
        </span>
      ) : null}
      {d.state === 'failed' ? t('delivery.givenUp', { count: d.attempts }) : null}
      {d.last_error === '' || d.state === 'sent' ? null : <span className={styles.sub}>{d.last_error}</span>}
    </>
  );
}
