import { useTranslations } from 'use-intl';
import { arrival } from './arrival';
import { DeployTokens } from './DeployTokens';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const presets: readonly Spec[] = [
  { key: 'presets.owner', kind: 'flag' },
  { key: 'presets.strategy', kind: 'flag' },
  { key: 'presets.device_group', kind: 'flag' },
  { key: 'presets.address_book', kind: 'flag' },
  { key: 'presets.note', kind: 'flag' },
];

/** How devices come to this server. */
export function EnrolmentPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="enrolment">
      <SettingForm name="devices" title={t('cards.arrival')} specs={arrival} />
      <DeployTokens />
      <SettingForm name="devices" title={t('cards.presets')} text={t('presetsText')} specs={presets} />
    </SettingsPage>
  );
}
