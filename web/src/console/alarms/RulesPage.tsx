import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './alarms.module.css';
import { AlarmTabs } from './AlarmTabs';
import { ServerRules } from './ServerRules';
import { changeWatch, watchQuery, type Watch } from './queries';
import { WatchForm } from './WatchForm';
import { WatchRow } from './WatchRow';

/** What the server raises alarms about by itself. */
export function RulesPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(watchQuery);
  const [edited, setEdited] = useState<number | null>(null);
  const isReadOnly = !can(me, 'settings.edit');
  const save = useMutation({
    mutationFn: (change: Partial<Watch>) => changeWatch(change),
    onSuccess: (now) => {
      client.setQueryData(watchQuery.queryKey, now);
      setEdited(null);
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const devices = data?.devices ?? [];
  return (
    <Page
      title={t('rulesTitle')}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={t('rulesLead')}
      actions={
        isReadOnly ? null : (
          <Button leftSection={<IconPlus size={16} aria-hidden />} disabled={data === undefined} onClick={() => setEdited(-1)}>
            {t('addRule')}
          </Button>
        )
      }
    >
      <AlarmTabs now="rules" />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Card title={t('serverRules')}>
            <ServerRules watch={data} isReadOnly={isReadOnly} isBusy={save.isPending} onChange={save.mutate} />
          </Card>
          <Card title={t('deviceRules')}>
            {devices.length === 0 ? <p className={styles.text}>{t('noDeviceRules')}</p> : null}
            <ul className={styles.list}>
              {devices.map((rule, index) => (
                <WatchRow
                  key={`${index} ${rule.device_group}`}
                  rule={rule}
                  isReadOnly={isReadOnly || save.isPending}
                  onChange={(now) => save.mutate({ devices: devices.with(index, now) })}
                  onEdit={() => setEdited(index)}
                  onRemove={() => save.mutate({ devices: devices.filter((_, i) => i !== index) })}
                />
              ))}
            </ul>
          </Card>
        </>
      )}
      <p className={styles.text}>
        {t('toldWhere')} {can(me, 'channels.view') ? <Link to="/settings/notifications">{t('toChannels')}</Link> : null}
      </p>
      {edited === null || data === undefined ? null : (
        <WatchForm
          rule={devices[edited] ?? null}
          error={save.error}
          isBusy={save.isPending}
          onClose={() => setEdited(null)}
          onSave={(rule) => save.mutate({ devices: edited < 0 ? [...devices, rule] : devices.with(edited, rule) })}
        />
      )}
    </Page>
  );
}
