import { useQuery, keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { readConnections } from '../../api/sessions';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { FileTable } from '../../entities/FileTable';
import { askedText, OperationTable } from '../../entities/OperationTable';
import { ReachTable } from '../../entities/ReachTable';
import { RecordingTable } from '../../entities/RecordingTable';
import { Card } from '../../ui/Card';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { DeviceFrame } from './DeviceFrame';
import { DeviceNow } from './DeviceNow';
import styles from './devices.module.css';
import type { Device } from './queries';

const noFilters: readonly string[] = [];

/** Who was on the device, the last first. */
export function DeviceSessionsPage() {
  return (
    <DeviceFrame now="sessions">
      {(device) => (
        <>
          <DeviceNow device={device} />
          <Sessions device={device} />
        </>
      )}
    </DeviceFrame>
  );
}

function Sessions({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', 'device', device.id, list.page, list.size],
    queryFn: ({ signal }) => readConnections({ remote: device.id, current: list.page, pageSize: list.size }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Part title={t('sessions')} to="/audit/connections" id={device.id}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? <Empty title={t('noSessions')} /> : <ConnectionTable rows={data?.data} label={t('sessions')} />}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
    </Part>
  );
}

/** What was recorded of the device. */
export function DeviceRecordingsPage() {
  const t = useTranslations('devices');
  return (
    <DeviceFrame now="recordings">
      {(device) => (
        <Part title={t('recordings')} to="/recordings" id={device.id}>
          <RecordingTable label={t('recordings')} asked={{ device: device.id }} />
        </Part>
      )}
    </DeviceFrame>
  );
}

/** Which files went to it and from it. */
export function DeviceFilesPage() {
  const t = useTranslations('devices');
  return (
    <DeviceFrame now="files">
      {(device) => (
        <Part title={t('files')} to="/audit/files" id={device.id}>
          <FileTable label={t('files')} asked={{ remote: device.id }} />
        </Part>
      )}
    </DeviceFrame>
  );
}

/** What was done to it in the console, by scripts and by rules. */
export function DeviceAuditPage() {
  const t = useTranslations('devices');
  return (
    <DeviceFrame now="audit">
      {(device) => (
        <Card
          title={t('audit')}
          isFlush
          actions={<Link to="/audit/console" search={askedText({ name: device.id })}>{t('fullList')}</Link>}
        >
          <OperationTable label={t('audit')} asked={{ name: device.id }} />
        </Card>
      )}
    </DeviceFrame>
  );
}

/** Who can reach it, and by what. */
export function DeviceAccessPage() {
  const t = useTranslations('devices');
  const me = useMe();
  return (
    <DeviceFrame now="access">
      {(device) => (
        <Card
          title={t('access')}
          isFlush
          actions={can(me, 'access.view') ? <Link to="/access/explore" search={{ device: device.id }}>{t('explorer')}</Link> : null}
        >
          {isUnassigned(device) ? <p className={styles.note}>{t('unassigned')}</p> : null}
          <ReachTable label={t('access')} asked={{ device: device.id }} />
        </Card>
      )}
    </DeviceFrame>
  );
}

const isUnassigned = (device: Device) => device.user_name === '' && device.device_group_name === '';

type PartProps = { title: string; to: '/audit/connections' | '/audit/files' | '/recordings'; id: string; children: ReactNode };

function Part({ title, to, id, children }: PartProps) {
  const t = useTranslations('devices');
  return (
    <Card title={title} isFlush actions={<Link to={to} search={to === '/recordings' ? { device: id } : { q: id }}>{t('fullList')}</Link>}>
      {children}
    </Card>
  );
}
