import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { readConnections } from '../../api/sessions';
import { Card } from '../../ui/Card';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';

/** The latest sessions on a device. */
export function DeviceSessions({ id }: { id: string }) {
  const t = useTranslations('devices');
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', 'device', id],
    queryFn: ({ signal }) => readConnections({ remote: id, pageSize: 10 }, signal),
  });
  return (
    <Card title={t('sessions')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('noSessions')} />
      ) : (
        <ConnectionTable rows={data?.data} label={t('sessions')} />
      )}
    </Card>
  );
}
