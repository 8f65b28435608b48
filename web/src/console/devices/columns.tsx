import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { TimeText } from '../../ui/TimeText';
import { DeviceBooks, EffectiveStrategy, IdentityNotes } from './DeviceCells';
import { DeviceState } from './DeviceState';
import { lastSeen, nameOf, type Device } from './queries';

const cut = (text: string) => (
  <span className="cut" title={text}>
    {text}
  </span>
);

/** The columns of the list of devices. */
export function useDeviceColumns(): readonly Column<Device>[] {
  const t = useTranslations('devices');
  return useMemo(
    () => [
      { id: 'state', inFile: ['status', 'is_online', 'sessions'], header: t('columns.state'), isFixed: true, sort: 'state', cell: (d) => <DeviceState device={d} />, card: 'state' },
      {
        id: 'name',
        inFile: 'device_name',
        header: t('columns.name'),
        isFixed: true,
        isMain: true,
        sort: 'device_name',
        card: 'title',
        cell: (d) => (
          <PlainLink className="cut" to={`/devices/${d.id}`} title={nameOf(d)} text={nameOf(d)} />
        ),
      },
      {
        id: 'id',
        header: t('columns.id'),
        sort: 'id',
        card: 'line',
        cell: (d) => <span className="mono one-line">{groupedId(d.id)}</span>,
      },
      { id: 'owner', inFile: 'user_name', header: t('columns.owner'), sort: 'user_name', cell: (d) => cut(d.user_name) },
      { id: 'group', inFile: 'device_groups', header: t('columns.group'), sort: 'device_group_name', cell: (d) => cut(d.device_groups.join(', ')) },
      { id: 'system', inFile: 'os', header: t('columns.system'), cell: (d) => cut(d.info.os) },
      { id: 'version', inFile: 'version', header: t('columns.version'), cell: (d) => d.info.version },
      { id: 'user', inFile: 'username', header: t('user'), isExtra: true, cell: (d) => cut(d.info.username) },
      { id: 'address', inFile: 'ip', header: t('address'), isExtra: true, cell: (d) => <span className="mono">{d.info.ip}</span> },
      { id: 'userGroup', inFile: 'group_name', header: t('userGroup'), isExtra: true, cell: (d) => cut(d.group_name) },
      { id: 'host', inFile: 'host_name', header: t('hostName'), isExtra: true, cell: (d) => cut(d.host_name) },
      { id: 'effective', inFile: 'effective_strategy', header: t('effective.title'), isExtra: true, cell: (d) => <EffectiveStrategy device={d} /> },
      { id: 'books', inFile: 'books', header: t('books'), isExtra: true, cell: (d) => <DeviceBooks device={d} /> },
      { id: 'identity', inFile: ['identity_notes', 'former_id'], header: t('identityNotes.title'), isExtra: true, cell: (d) => <IdentityNotes device={d} /> },
      { id: 'strategy', inFile: 'strategy_name', header: t('strategy'), isExtra: true, cell: (d) => cut(d.strategy_name) },
      { id: 'note', inFile: 'note', header: t('note'), isExtra: true, cell: (d) => cut(d.note) },
      { id: 'first', inFile: 'created_at', header: t('firstSeen'), isExtra: true, sort: 'created_at', cell: (d) => <TimeText iso={isoOf(d.created_at)} /> },
      { id: 'cpu', inFile: 'cpu', header: t('cpu'), isExtra: true, cell: (d) => cut(d.info.cpu) },
      { id: 'memory', inFile: 'memory', header: t('memory'), isExtra: true, cell: (d) => cut(d.info.memory) },
      {
        id: 'seen',
        inFile: 'last_online',
        header: t('columns.seen'),
        sort: 'last_online',
        card: 'line',
        cell: (d) => <TimeText iso={lastSeen(d)} />,
      },
    ],
    [t],
  );
}
