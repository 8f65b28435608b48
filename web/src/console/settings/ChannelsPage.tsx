import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { ChannelForm } from './ChannelForm';
import { ChannelTabs } from './ChannelTabs';
import { ChannelRow } from './ChannelRow';
import { channelsQuery, deleteChannel, type Channel } from './channels';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

/** Where alarms are told. */
export function ChannelsPage() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(channelsQuery);
  const [edited, setEdited] = useState<Channel | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Channel | null>(null);
  const remove = useMutation({
    mutationFn: (c: Channel) => deleteChannel(c.guid),
    onSuccess: () => client.invalidateQueries({ queryKey: ['channels'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  return (
    <SettingsPage
      page="channels"
      lead={t('channelsLead')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {t('channel.add')}
        </Button>
      }
    >
      <ChannelTabs now="channels" />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Empty title={t('channel.none')} text={t('channel.noneText')} /> : null}
      {data === undefined || data.length === 0 ? null : (
        <Card title={t('pages.channels')}>
          <ul className={styles.list}>
            {data.map((c) => (
              <ChannelRow key={c.guid} channel={c} onEdit={() => setEdited(c)} onDelete={() => setDoomed(c)} />
            ))}
          </ul>
        </Card>
      )}
      {edited === null ? null : <ChannelForm channel={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      <Confirm
        isOpen={doomed !== null}
        title={t('channel.removeTitle', { name: doomed?.name ?? '' })}
        action={t('channel.remove')}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.mutate(doomed)}
      >
        {t('channel.removeText')}
      </Confirm>
    </SettingsPage>
  );
}
