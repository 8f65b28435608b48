import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { factorsQuery } from './queries';
import { SettingForm } from './SettingForm';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const factors: readonly Spec[] = [
  { key: 'second_factor', kind: 'choice', options: ['nobody', 'administrators', 'everybody'] },
  { key: 'grace_days', kind: 'number', min: 0, max: 90 },
  { key: 'sent_codes_suffice', kind: 'flag' },
  { key: 'trusted_device_days', kind: 'number', min: 0, max: 3650 },
  { key: 'issuer', kind: 'text' },
];
const ways: readonly Spec[] = [
  { key: 'allow_authenticator', kind: 'flag' },
  { key: 'allow_recovery_codes', kind: 'flag' },
  { key: 'allow_email_codes', kind: 'flag' },
  { key: 'allow_sms_codes', kind: 'flag' },
  { key: 'allow_passkeys', kind: 'flag' },
];
const pauses: readonly Spec[] = [
  { key: 'throttle_attempts', kind: 'number', min: 3, max: 100 },
  { key: 'throttle_wait_seconds', kind: 'number', min: 1, max: 3600 },
  { key: 'throttle_longest_minutes', kind: 'number', min: 1, max: 1440 },
  { key: 'throttle_window_minutes', kind: 'number', min: 5, max: 2880 },
];
const addresses: readonly Spec[] = [{ key: 'sign_in_addresses', kind: 'list' }];
const passwords: readonly Spec[] = [
  { key: 'password_length', kind: 'number', min: 8, max: 64 },
  { key: 'blocked_words', kind: 'list' },
];
const registration: readonly Spec[] = [
  { key: 'enabled', kind: 'flag' },
  { key: 'approval', kind: 'flag' },
  { key: 'domains', kind: 'list' },
  { key: 'group', kind: 'userGroup' },
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
  const { address } = useMe();
  const { data: used } = useQuery(factorsQuery);
  return (
    <SettingsPage page="signIn">
      <SettingForm name="accounts" title={t('cards.factors')} text={t('factorsText')} specs={factors} />
      <SettingForm name="accounts" title={t('cards.ways')} text={t('waysText')} specs={ways}>
        {used === undefined ? null : <p className={styles.text}>{t('waysUsed', used)}</p>}
      </SettingForm>
      <SettingForm name="accounts" title={t('cards.passwords')} text={t('passwordsText')} specs={passwords} />
      <SettingForm name="accounts" title={t('cards.pauses')} specs={pauses} />
      <SettingForm name="accounts" title={t('cards.addresses')} text={t('addressesText', { address })} specs={addresses} />
      <SettingForm name="accounts" title={t('cards.accounts')} specs={accounts} />
      <SettingForm name="registration" title={t('cards.registration')} text={t('registrationText')} specs={registration} />
      <SettingForm name="signIn" title={t('cards.browser')} text={t('browserText')} specs={browser} />
    </SettingsPage>
  );
}
