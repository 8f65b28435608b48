import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { TimeText } from '../../ui/TimeText';
import { DeviceState } from './DeviceState';
import { lastSeen, nameOf, type Device } from './queries';

/** The columns of the list of devices. */
export function useDeviceColumns(): readonly Column<Device>[] {
  const t = useTranslations('devices');
  return useMemo(
    () => [
      { id: 'state', header: t('columns.state'), cell: (d) => <DeviceState device={d} />, card: 'state' },
      {
        id: 'name',
        header: t('columns.name'),
        sort: 'device_name',
        card: 'title',
        cell: (d) => <Link to="/devices/$id" params={{ id: d.id }}>{nameOf(d)}</Link>,
      },
      {
        id: 'id',
        header: t('columns.id'),
        sort: 'id',
        card: 'line',
        cell: (d) => <span className="mono one-line">{groupedId(d.id)}</span>,
      },
      { id: 'owner', header: t('columns.owner'), sort: 'user_name', cell: (d) => d.user_name },
      { id: 'group', header: t('columns.group'), sort: 'device_group_name', cell: (d) => d.device_group_name },
      { id: 'system', header: t('columns.system'), cell: (d) => <span className="cut" title={d.info.os}>{d.info.os}</span> },
      { id: 'version', header: t('columns.version'), cell: (d) => d.info.version },
      {
        id: 'seen',
        header: t('columns.seen'),
        sort: 'last_online',
        card: 'line',
        cell: (d) => <TimeText iso={lastSeen(d)} />,
      },
    ],
    [t],
  );
}
