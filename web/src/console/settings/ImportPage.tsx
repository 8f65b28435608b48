import { useTranslations } from 'use-intl';
import { ImportDesk } from '../../entities/imports/ImportDesk';
import { Card } from '../../ui/Card';
import { SettingsPage } from './SettingsPage';

/** What another server left, into this one. */
export function ImportPage() {
  const t = useTranslations('settings');
  return (
    <SettingsPage page="import" lead={t('importLead')}>
      <Card>
        <ImportDesk />
      </Card>
    </SettingsPage>
  );
}
