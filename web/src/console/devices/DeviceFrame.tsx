import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { DeviceTabs, type DeviceTab } from '../../entities/DeviceTabs';
import { FavouriteStar } from '../../entities/FavouriteStar';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { ConnectMenu } from './ConnectMenu';
import { DeviceMenu } from './DeviceMenu';
import { DeviceState } from './DeviceState';
import { DisconnectAll } from './DisconnectAll';
import { EditDevice } from './EditDevice';
import { NearestDevices } from './NearestDevices';
import { deviceQuery, nameOf, type Device } from './queries';

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
  const me = useMe();
  const navigate = useNavigate();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      {device.status === 1 ? <ConnectMenu id={device.id} /> : null}
      {device.sessions > 0 && can(me, 'audit.edit') && can(me, 'jobs.view') ? <DisconnectAll device={device} /> : null}
      <DeviceMenu
        device={device}
        mayEdit={can(me, 'devices.edit')}
        onEdit={() => setEditing(true)}
        onDeleted={() => navigate({ to: '/devices' })}
      />
      {isEditing ? <EditDevice device={device} onClose={() => setEditing(false)} /> : null}
    </>
  );
}
