import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { AddToBook } from '../../entities/AddToBook';
import { DeviceTabs, type DeviceTab } from '../../entities/DeviceTabs';
import { FavouriteStar } from '../../entities/FavouriteStar';
import { Confirm } from '../../ui/Confirm';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { ConnectMenu } from './ConnectMenu';
import { DeviceState } from './DeviceState';
import { DisconnectAll } from './DisconnectAll';
import { EditDevice } from './EditDevice';
import { NearestDevices } from './NearestDevices';
import { deleteDevice, deviceQuery, nameOf, setEnabled, type Device } from './queries';

type Props = { now: DeviceTab; children: (device: Device) => ReactNode };

/** What stands around every page about a device: its name and state, what can be done with it, the other pages. */
export function DeviceFrame({ now, children }: Props) {
  const t = useTranslations('devices');
  const me = useMe();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: device, error, refetch } = useQuery(deviceQuery(id));
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
        <NearestDevices id={id} />
      </Page>
    );
  }
  return (
    <Page
      title={nameOf(device)}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={
        <>
          <DeviceState device={device} /> <CopyValue value={device.id} shown={groupedId(device.id)} label={t('columns.id')} />{' '}
          <FavouriteStar guid={device.guid} name={nameOf(device)} />
          {device.user_name === '' ? null : ` · ${t('ownedBy', { name: device.user_name })}`}
          {device.info.username === '' ? null : ` · ${t('usedBy', { name: device.info.username })}`}
        </>
      }
      actions={<Actions device={device} />}
    >
      <DeviceTabs id={device.id} now={now} isOwn={device.user_name !== '' && device.user_name === me.name} />
      {children(device)}
    </Page>
  );
}

function Actions({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [isBooking, setBooking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ['devices'] });
  const toggle = useMutation({
    mutationFn: (isEnabled: boolean) => setEnabled(device.guid, isEnabled),
    onSuccess: refresh,
    onError: (problem) => complain(textOf(problem)),
  });
  const remove = useMutation({
    mutationFn: () => deleteDevice(device.guid),
    onSuccess: async () => {
      await navigate({ to: '/devices' });
      await refresh();
      say(t('deleted', { name: nameOf(device) }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDeleting(false),
  });
  const isEnabled = device.status === 1;
  const isDeletable = !isEnabled || !device.is_online;
  return (
    <>
      {isEnabled ? <ConnectMenu id={device.id} /> : null}
      <Button variant="default" onClick={() => setBooking(true)}>{t('addToBook')}</Button>
      {device.sessions > 0 && can(me, 'audit.edit') && can(me, 'jobs.view') ? <DisconnectAll device={device} /> : null}
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
      {isBooking ? <AddToBook devices={[{ id: device.id, name: nameOf(device) }]} onClose={() => setBooking(false)} /> : null}
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
    </>
  );
}
