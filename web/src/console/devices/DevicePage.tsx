import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { can, useMe } from '../../api/me';
import { isoOf } from '../../api/lists';
import { Card, Facts } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { DeviceSessions } from './DeviceSessions';
import { DeviceState } from './DeviceState';
import { EditDevice } from './EditDevice';
import { deleteDevice, deviceQuery, lastSeen, nameOf, setEnabled } from './queries';

/** One device. */
export function DevicePage() {
  const t = useTranslations('devices');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: device, error, refetch } = useQuery(deviceQuery(id));
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ['devices'] });
  const toggle = useMutation({
    mutationFn: (isEnabled: boolean) => setEnabled(device?.guid ?? '', isEnabled),
    onSuccess: refresh,
    onError: (problem) => complain(textOf(problem)),
  });
  const remove = useMutation({
    mutationFn: () => deleteDevice(device?.guid ?? ''),
    onSuccess: async () => {
      await navigate({ to: '/devices' });
      await refresh();
      say(t('deleted', { name: id }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDeleting(false),
  });

  if (error !== null) {
    return (
      <Page title={groupedId(id)}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (device === undefined) return <Page title={groupedId(id)}>{null}</Page>;
  if (device === null) {
    return (
      <Page title={groupedId(id)}>
        <Empty title={t('unknown')} text={t('unknownText')} action={<Link to="/devices">{t('toList')}</Link>} />
      </Page>
    );
  }
  const isEnabled = device.status === 1;
  const isDeletable = !isEnabled || !device.is_online;
  return (
    <Page
      title={nameOf(device)}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={
        <>
          <DeviceState device={device} /> <CopyValue value={device.id} shown={groupedId(device.id)} label={t('columns.id')} />
        </>
      }
      actions={
        <>
          {isEnabled ? (
            <Button
              component="a"
              href={`${basePath}/remote/${device.id}`}
              target="_blank"
              rel="noopener"
              leftSection={<IconPlugConnected size={16} aria-hidden />}
            >
              {t('connect')}
            </Button>
          ) : null}
        {can(me, 'devices.edit') ? (
          <>
            <Button variant="default" onClick={() => setEditing(true)}>{t('edit')}</Button>
            <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate(!isEnabled)}>
              {isEnabled ? t('disable') : t('enable')}
            </Button>
            <Button
              variant="subtle"
              color="red"
              disabled={!isDeletable}
              title={isDeletable ? undefined : t('deleteOnline')}
              onClick={() => setDeleting(true)}
            >
              {t('delete')}
            </Button>
          </>
        ) : null}
        </>
      }
    >
      <Card title={t('system')}>
        <Facts
          items={[
            [t('columns.system'), device.info.os || t('notReported')],
            [t('user'), device.info.username || t('notReported')],
            [t('cpu'), device.info.cpu || t('notReported')],
            [t('memory'), device.info.memory || t('notReported')],
            [t('columns.version'), device.info.version || t('notReported')],
            ...(device.info.ip === '' ? [] : [[t('address'), <span key="ip" className="mono">{device.info.ip}</span>] as const]),
            [t('columns.seen'), <TimeText key="seen" iso={lastSeen(device)} />],
            [t('firstSeen'), <TimeText key="first" iso={isoOf(device.created_at)} />],
          ]}
        />
      </Card>
      <Card title={t('membership')}>
        <Facts
          items={[
            [t('columns.owner'), device.user_name || t('nobody')],
            [t('columns.group'), device.device_group_name || t('filters.none')],
            ...(me.is_admin ? [[t('strategy'), device.strategy_name || t('filters.none')] as const] : []),
            ...(can(me, 'strategies.view')
              ? [[t('policy'), <Link key="policy" to="/devices/$id/policy" params={{ id: device.id }}>{t('policyLink')}</Link>] as const]
              : []),
            ...(can(me, 'access.view')
              ? [[t('access'), <Link key="access" to="/access/explore" search={{ device: device.id }}>{t('accessLink')}</Link>] as const]
              : []),
            [t('note'), device.note || t('filters.none')],
          ]}
        />
      </Card>
      <DeviceSessions id={device.id} />
      {isEditing ? <EditDevice device={device} onClose={() => setEditing(false)} /> : null}
      <Confirm
        isOpen={isDeleting}
        title={t('deleteTitle', { name: nameOf(device) })}
        action={t('delete')}
        isBusy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
      >
        {t('deleteText')}
      </Confirm>
    </Page>
  );
}
