import { Button } from '@mantine/core';
import { IconHourglass, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Card, Facts } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { lastSeen, refreshDevice, signalsQuery, type Device } from './queries';

/** What the device says of its machine, how old that is, and asking it again. */
export function DeviceSystem({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data: signals } = useQuery(signalsQuery(device.guid));
  const refresh = useMutation({
    mutationFn: () => refreshDevice(device.guid),
    onSuccess: () => client.invalidateQueries({ queryKey: ['devices'] }),
    onError: (problem) => complain(textOf(problem)),
  });
  const asked = signals?.refresh_asked_at;
  // Only who reports can be asked.
  const reports = device.online_by === 'api' || device.online_by === 'both';
  const isPending = asked !== undefined && asked !== null;
  const button = isPending ? (
    <Status tone="warn" icon={IconHourglass} word={t('refreshPending')} title={reports ? t('refreshSoon') : t('refreshLater')} />
  ) : (
    <Button
      size="xs"
      variant="default"
      loading={refresh.isPending}
      leftSection={<IconRefresh size={16} aria-hidden />}
      onClick={() => refresh.mutate()}
    >
      {t('refresh')}
    </Button>
  );
  return (
    <Card title={t('system')} actions={can(me, 'devices.info') ? button : null}>
      <div role="status">
        {isPending ? <p>{reports ? t('refreshSoon') : t('refreshLater')}</p> : null}
      </div>
      <Facts
        items={[
          [t('columns.system'), device.info.os || t('notReported')],
          [t('user'), device.info.username || t('notReported')],
          [t('cpu'), device.info.cpu || t('notReported')],
          [t('memory'), device.info.memory || t('notReported')],
          [t('columns.version'), device.info.version || t('notReported')],
          ...(device.info.ip === '' ? [] : [[t('address'), <span key="ip" className="mono">{device.info.ip}</span>] as const]),
          [t('refreshed'), <TimeText key="at" iso={isoOf(signals?.sysinfo.at)} />],
          [t('columns.seen'), <TimeText key="seen" iso={lastSeen(device)} />],
        ]}
      />
    </Card>
  );
}
