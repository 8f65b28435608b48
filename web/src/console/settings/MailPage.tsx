import { useTranslations } from 'use-intl';
import { MailTexts } from './MailTexts';
import { MailTest } from './MailTest';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const mail: readonly Spec[] = [
  { key: 'host', kind: 'text' },
  { key: 'port', kind: 'number', min: 1, max: 65_535 },
  { key: 'security', kind: 'choice', options: ['starttls', 'tls', 'optional', 'none'] },
  { key: 'username', kind: 'text' },
  { key: 'auth', kind: 'choice', options: ['password', 'oauth2'] },
  { key: 'password', kind: 'secret', when: ['auth', 'password'] },
  { key: 'oauth_endpoint', kind: 'text', when: ['auth', 'oauth2'] },
  { key: 'oauth_client_id', kind: 'text', when: ['auth', 'oauth2'] },
  { key: 'oauth_client_secret', kind: 'secret', when: ['auth', 'oauth2'] },
  { key: 'oauth_scope', kind: 'text', when: ['auth', 'oauth2'] },
  { key: 'oauth_refresh_token', kind: 'secret', when: ['auth', 'oauth2'] },
  { key: 'from', kind: 'text' },
  { key: 'from_name', kind: 'text' },
  { key: 'language', kind: 'choice', options: ['en', 'zh'] },
  { key: 'alarms_to', kind: 'list' },
];
const sms: readonly Spec[] = [
  { key: 'url', kind: 'text' },
  { key: 'body', kind: 'long' },
  { key: 'content_type', kind: 'text' },
];

/** How the server writes to people. */
export function MailPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="mail">
      <SettingForm name="mail" title={t('cards.mail')} specs={mail}>
        <MailTest />
      </SettingForm>
      <MailTexts />
      <SettingForm name="sms" title={t('cards.sms')} text={t('smsText')} specs={sms} />
    </SettingsPage>
  );
}
