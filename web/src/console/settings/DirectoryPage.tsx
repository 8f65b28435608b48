import { useTranslations } from 'use-intl';
import { DirectoryPlan } from './DirectoryPlan';
import { DirectoryTest } from './DirectoryTest';
import { LostRoles } from './LostRoles';
import { SettingForm } from './SettingForm';
import { SettingsPage } from './SettingsPage';
import type { Spec } from './specs';

const specs: readonly Spec[] = [
  { key: 'enabled', kind: 'flag' },
  { key: 'urls', kind: 'list' },
  { key: 'startTls', kind: 'flag' },
  { key: 'authorities', kind: 'long' },
  { key: 'bindDn', kind: 'text' },
  { key: 'bindPassword', kind: 'secret' },
  { key: 'bindPattern', kind: 'text' },
  { key: 'baseDn', kind: 'text' },
  { key: 'userFilter', kind: 'text' },
  { key: 'loginAttributes', kind: 'list' },
  { key: 'idAttributes', kind: 'list' },
  { key: 'nameAttributes', kind: 'list' },
  { key: 'emailAttribute', kind: 'text' },
  { key: 'groupBaseDn', kind: 'text' },
  { key: 'groupFilter', kind: 'text' },
  { key: 'groupNameAttribute', kind: 'text' },
  { key: 'memberOfAttribute', kind: 'text' },
  { key: 'allowedGroups', kind: 'list' },
  { key: 'groups', kind: 'mappings' },
  { key: 'adminRoles', kind: 'mappings' },
  { key: 'adminGroups', kind: 'list' },
  { key: 'createUsers', kind: 'flag' },
  { key: 'linkByEmail', kind: 'flag' },
  { key: 'linkByName', kind: 'flag' },
  { key: 'syncMinutes', kind: 'number', min: 0, max: 10_080 },
  { key: 'maximumVanishedPercent', kind: 'number', min: 0, max: 100 },
  { key: 'timeoutSeconds', kind: 'number', min: 1, max: 120 },
];

/** The LDAP directory that people come from. */
export function DirectoryPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="directory" lead={t('directoryLead')}>
      <SettingForm
        name="directory"
        title={t('pages.directory')}
        specs={specs}
        beside={(draft) => (
          <>
            {draft.enabled === false ? <LostRoles source="ldap" /> : null}
            <DirectoryTest values={draft} />
            <DirectoryPlan values={draft} />
          </>
        )}
      />
    </SettingsPage>
  );
}
