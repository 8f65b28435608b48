import { useTranslations } from 'use-intl';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const accounts: readonly Spec[] = [
  { key: 'trusted_device_days', kind: 'number', min: 0, max: 3650 },
  { key: 'assign_devices', kind: 'flag' },
  { key: 'own_tokens', kind: 'flag' },
  { key: 'issuer', kind: 'text' },
];
const browser: readonly Spec[] = [
  { key: 'publicUrls', kind: 'list' },
  { key: 'confirmDevice', kind: 'choice', options: ['always', 'other-address'] },
];

/** How people sign in. */
export function SignInPolicyPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="signIn">
      <SettingForm name="accounts" title={t('cards.accounts')} specs={accounts} />
      <SettingForm name="signIn" title={t('cards.browser')} text={t('browserText')} specs={browser} />
    </SettingsPage>
  );
}
