import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, readOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Page } from '../../ui/Page';
import { AddDevice } from './AddDevice';
import { useDeviceColumns } from './columns';
import { DeviceActions } from './DeviceActions';
import { DeviceBulk } from './DeviceBulk';
import { DeviceListTabs } from './DeviceListTabs';
import { EditDevice } from './EditDevice';
import { EmptyFleet } from './EmptyFleet';
import { filterKeys, manyKeys, useDeviceFilters } from './filters';
import { devicesQuery, nameOf, type Device } from './queries';
import { StaleDevices } from './StaleDevices';

const keyOf = (device: Device) => device.guid;

/** Every device that the person may see. */
export function DevicesPage() {
  const t = useTranslations('devices');
  const me = useMe();
  const navigate = useNavigate();
  const { list, change } = useListSearch('id', filterKeys, manyKeys);
  const read = useQuery(devicesQuery(list));
  const selection = useSelection(list.question);
  const [edited, setEdited] = useState<Device | null>(null);
  const [isStale, setStale] = useState(false);
  const [isAdding, setAdding] = useState(false);
  const columns = useDeviceColumns();
  const filters = useDeviceFilters(list);
  const mayEdit = can(me, 'devices.edit');
  const actions = useCallback(
    (device: Device) => <DeviceActions device={device} mayEdit={mayEdit} onEdit={setEdited} />,
    [mayEdit],
  );
  const open = (path: string) => void navigate({ to: path });

  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={
        <>
          {can(me, 'jobs.view') && (can(me, 'devices.enable') || can(me, 'devices.delete')) ? (
            <Button variant="default" onClick={() => setStale(true)}>{t('stale.open')}</Button>
          ) : null}
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('add.open')}</Button>
        </>
      }
    >
      <DeviceListTabs now="devices" />
      <ListView
        page="devices"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={devicesQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        filters={filters}
        file={csvAddress('/api/devices', list)}
        selection={mayEdit ? selection : undefined}
        bulk={(rows) => (
          <DeviceBulk list={list} selection={selection} rows={rows} read={readOf(read.data)} />
        )}
        actions={actions}
        keys={{
          c: { text: t('keys.connect'), work: (device) => open(`/remote/${device.id}`) },
          ...(mayEdit ? { e: { text: t('keys.edit'), work: setEdited } } : {}),
        }}
        peekMore={(device) => (
          <>
            <Link to="/devices/$id" params={{ id: device.id }}>{t('openPage')}</Link>
            {can(me, 'strategies.view') ? (
              <Link to="/devices/$id/policy" params={{ id: device.id }}>{t('policyLink')}</Link>
            ) : null}
          </>
        )}
        empty={<EmptyFleet />}
      />
      {isAdding ? <AddDevice onClose={() => setAdding(false)} /> : null}
      {isStale ? (
        <StaleDevices
          onClose={() => setStale(false)}
          onShow={(asked) => {
            setStale(false);
            change(asked);
          }}
        />
      ) : null}
      {edited === null ? null : <EditDevice device={edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
