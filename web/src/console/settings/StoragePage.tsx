import { useTranslations } from 'use-intl';
import { GroupDays } from './GroupDays';
import { OptionsCard } from './OptionsCard';
import { ShortenDays } from './ShortenDays';
import { RetentionPreview } from './RetentionPreview';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import { StorageSpace } from './StorageSpace';
import type { Spec } from './specs';

const days = ['connection_days', 'file_days', 'alarm_days', 'recording_days', 'console_days', 'recycle_bin_days', 'outbox_days', 'job_days'];

const specs: readonly Spec[] = [
  ...days.map((key) => ({ key, kind: 'number', min: 0, max: 36_500 }) as const),
  { key: 'groups', kind: 'own', field: GroupDays },
];

/** How long things are kept, and what goes next. */
export function StoragePage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="storage" lead={t('storageLead')}>
      <StorageSpace />
      <SettingForm
        name="retention"
        title={t('cards.retention')}
        specs={specs}
        guard={ShortenDays}
        beside={(draft) => <RetentionPreview values={draft} />}
      />
      <OptionsCard of={['recorder.']} />
    </SettingsPage>
  );
}
