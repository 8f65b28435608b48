import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { readConnections, type Connection } from '../../api/sessions';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { useEnding } from '../../entities/ending';
import { EndSessions } from '../../entities/EndSessions';
import { Card } from '../../ui/Card';
import type { Device } from './queries';

/** Who is on the device now; nothing where nobody is. */
export function DeviceNow({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const me = useMe();
  const [asked, setAsked] = useState<string | null>(null);
  const ending = useEnding();
  const { data } = useQuery({
    queryKey: ['sessions', 'device', device.id, 'open'],
    queryFn: ({ signal }) => readConnections({ remote: device.id, open: 1, pageSize: 20 }, signal),
    enabled: can(me, 'audit.view'),
    refetchInterval: 15_000,
  });
  const rows = (data?.data ?? []).filter((c) => c.device_id === device.id);
  const end = (c: Connection) => (
    <Button size="xs" variant="default" color="red" disabled={ending.has(c.guid)} onClick={() => setAsked(c.guid)}>
      {t('disconnect')}
    </Button>
  );
  if (rows.length === 0) return null;
  return (
    <Card title={t('now')} isFlush>
      <ConnectionTable rows={rows} label={t('now')} actions={end} />
      {asked === null ? null : <EndSessions guids={[asked]} onClose={() => setAsked(null)} />}
    </Card>
  );
}
