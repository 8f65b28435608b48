import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { StalePlan } from '../../entities/StalePlan';
import { arrival } from './arrival';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import styles from './settings.module.css';
import type { Spec } from './specs';

const server: readonly Spec[] = [
  { key: 'server_name', kind: 'text' },
  { key: 'banner', kind: 'text' },
  { key: 'language', kind: 'choice', options: ['browser', 'en', 'zh-CN'] },
  { key: 'time_zone', kind: 'text' },
];
const connecting: readonly Spec[] = [{ key: 'login_required', kind: 'flag' }];
const audit: readonly Spec[] = [{ key: 'admins_only', kind: 'flag' }];
const books: readonly Spec[] = [
  { key: 'share_to_other_groups', kind: 'flag' },
  { key: 'id_must_exist', kind: 'flag' },
  { key: 'max_peer_one_ab', kind: 'number', min: 0, max: 50_000 },
  { key: 'legacy_only', kind: 'flag' },
];
const groups: readonly Spec[] = [
  { key: 'disabled', kind: 'flag' },
  { key: 'unassigned_for_everybody', kind: 'flag' },
];
const stale: readonly Spec[] = [
  { key: 'disable_days', kind: 'number', min: 0, max: 3650 },
  { key: 'bin_days', kind: 'number', min: 0, max: 3650 },
];

/** What does not belong anywhere else. */
export function GeneralPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="general">
      <SettingForm name="console" title={t('cards.server')} specs={server} />
      <SettingForm name="access" title={t('cards.connecting')} specs={connecting}>
        <p className={styles.text}>
          <Link to="/access">{t('connectingLink')}</Link>
        </p>
      </SettingForm>
      <SettingForm name="devices" title={t('cards.arrival')} specs={arrival} />
      <SettingForm name="address_books" title={t('cards.books')} specs={books} />
      <SettingForm name="groups" title={t('cards.groups')} specs={groups} />
      <SettingForm name="audit" title={t('cards.audit')} specs={audit} />
      <SettingForm
        name="stale_devices"
        title={t('cards.stale')}
        text={t('staleText')}
        specs={stale}
        beside={(draft) => <StalePlan draft={{ disable: Number(draft.disable_days), bin: Number(draft.bin_days) }} />}
      />
    </SettingsPage>
  );
}
