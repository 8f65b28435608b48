import { useTranslations } from 'use-intl';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const factors: readonly Spec[] = [
  { key: 'second_factor', kind: 'choice', options: ['nobody', 'administrators', 'everybody'] },
  { key: 'grace_days', kind: 'number', min: 0, max: 90 },
  { key: 'sent_codes_suffice', kind: 'flag' },
  { key: 'trusted_device_days', kind: 'number', min: 0, max: 3650 },
  { key: 'issuer', kind: 'text' },
];
const passwords: readonly Spec[] = [
  { key: 'password_length', kind: 'number', min: 8, max: 64 },
  { key: 'blocked_words', kind: 'list' },
];
const accounts: readonly Spec[] = [
  { key: 'console_hours', kind: 'number', min: 0, max: 2160 },
  { key: 'assign_devices', kind: 'flag' },
  { key: 'own_tokens', kind: 'flag' },
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
      <SettingForm name="accounts" title={t('cards.factors')} text={t('factorsText')} specs={factors} />
      <SettingForm name="accounts" title={t('cards.passwords')} text={t('passwordsText')} specs={passwords} />
      <SettingForm name="accounts" title={t('cards.accounts')} specs={accounts} />
      <SettingForm name="signIn" title={t('cards.browser')} text={t('browserText')} specs={browser} />
    </SettingsPage>
  );
}
