import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Card, Facts } from '../../ui/Card';
import { CopyValue } from '../../ui/CopyValue';
import { groupedId } from '../../ui/groupedId';
import { TimeText } from '../../ui/TimeText';
import { DeviceConflicts } from './DeviceConflicts';
import styles from './devices.module.css';
import { signalsQuery, type Device } from './queries';

/** Since when the device is known, by which key, and which IDs it had. */
export function DeviceIdentity({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const { data } = useQuery(signalsQuery(device.guid));
  const key = data?.key_fingerprint ?? '';
  const former = data?.former_ids ?? [];
  const conflicts = data?.conflicts ?? [];
  return (
    <Card title={t('identity')}>
      <Facts
        items={[
          [t('firstSeen'), <TimeText key="first" iso={isoOf(device.created_at)} />],
          ...(key === ''
            ? []
            : [[t('fingerprint'), <CopyValue key="key" value={key} shown={`${key.slice(0, 8)} … ${key.slice(-8)}`} label={t('fingerprint')} />] as const]),
          [
            t('formerIds'),
            former.length === 0 ? t('filters.none') : (
              <ul key="former" className={styles.bare}>
                {former.map((f) => (
                  <li key={f.id}>
                    <span className="mono">{groupedId(f.id)}</span> · {t('until')} <TimeText iso={isoOf(f.until)} />
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      {conflicts.length === 0 ? null : <DeviceConflicts device={device} conflicts={conflicts} />}
    </Card>
  );
}
