import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Facts } from '../../ui/Card';
import { TimeText } from '../../ui/TimeText';
import { scheduleQuery } from './backups';
import { SettingForm } from './SettingForm';
import type { Spec } from './specs';

const specs: readonly Spec[] = [
  { key: 'enabled', kind: 'flag' },
  { key: 'at', kind: 'text' },
  { key: 'keep', kind: 'number', min: 1, max: 90 },
  { key: 'recordings', kind: 'flag' },
];

/** Backups that nobody has to remember. */
export function BackupSchedule() {
  const t = useTranslations('settings');
  const me = useMe();
  if (!can(me, 'settings.view')) return null;
  return (
    <SettingForm name="backups" title={t('backup.scheduleTitle')} specs={specs}>
      <State />
    </SettingForm>
  );
}

function State() {
  const t = useTranslations('settings');
  const { data } = useQuery(scheduleQuery);
  if (data?.enabled !== true) return null;
  return (
    <>
      {data.last_error === '' ? null : (
        <Alert color="red" variant="light" role="status">
          {t('backup.error', { error: data.last_error })}
        </Alert>
      )}
      <Facts
        items={[
          [t('backup.next'), <TimeText key="next" iso={isoOf(data.next_at)} isAbsolute />],
          [t('backup.last'), data.last_at === null ? t('backup.never') : <TimeText key="last" iso={isoOf(data.last_at)} isAbsolute />],
        ]}
      />
    </>
  );
}
