import { IconCircle, IconCircleDashed, IconCircleFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import styles from './devices.module.css';
import { signalsQuery, type Device, type Signal, type Signals } from './queries';

const lamps = ['id_server', 'relay', 'heartbeat', 'sysinfo'] as const;
type Lamp = (typeof lamps)[number];

/** Four lamps: by which ways the device is heard of. A dark one says what is usually behind that. */
export function DeviceSignals({ device }: { device: Device }) {
  const t = useTranslations('devices.signals');
  const d = useTranslations('devices');
  const { data, error, refetch } = useQuery(signalsQuery(device.guid));
  return (
    <Card title={t('title')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <ul className={styles.lamps}>
          {lamps.map((lamp) => (
            <li key={lamp} className={styles.lamp}>
              <strong>{t(`names.${lamp}`)}</strong>
              <LampState lamp={lamp} signal={data[lamp]} />
              <span className={styles.fact}>
                {data[lamp].at === null || data[lamp].at === undefined ? null : <TimeText iso={isoOf(data[lamp].at)} />}
                {data[lamp].transport === '' ? null : ` · ${d(`signals.transports.${data[lamp].transport}`)}`}
                {data[lamp].address === '' ? null : <span className="mono">{` · ${data[lamp].address}`}</span>}
              </span>
              <Cause lamp={lamp} signals={data} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function LampState({ lamp, signal }: { lamp: Lamp; signal: Signal }) {
  const t = useTranslations('devices.signals');
  // A session over a relay and a description are things that happened; the others go on.
  const isPast = lamp === 'relay' || lamp === 'sysinfo';
  if (isPast ? (signal.at ?? null) !== null : signal.is_on) {
    return <Status tone="ok" icon={IconCircleFilled} word={isPast ? t('received') : t('on')} />;
  }
  return (signal.at ?? null) === null
    ? <Status tone="neutral" icon={IconCircleDashed} word={t('never')} />
    : <Status tone="neutral" icon={IconCircle} word={t('silent')} />;
}

function Cause({ lamp, signals }: { lamp: Lamp; signals: Signals }) {
  const t = useTranslations('devices.signals');
  const hasApi = (signals.heartbeat.at ?? null) !== null;
  const text =
    lamp === 'heartbeat' && !signals.heartbeat.is_on && signals.id_server.is_on ? t('noApi')
    : lamp === 'id_server' && !signals.id_server.is_on && signals.heartbeat.is_on ? t('noIdServer')
    : lamp === 'sysinfo' && (signals.sysinfo_refused_at ?? null) !== null ? t('refused')
    : lamp === 'sysinfo' && (signals.sysinfo.at ?? null) === null ? (hasApi ? t('noSysinfo') : t('noSysinfoNoApi'))
    : lamp === 'relay' && (signals.relay.at ?? null) === null ? t('noRelay')
    : '';
  return text === '' ? null : <p className={styles.cause}>{text}</p>;
}
