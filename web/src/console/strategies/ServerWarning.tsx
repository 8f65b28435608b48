import { Alert, Checkbox } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import styles from './strategies.module.css';

type Props = { isUnderstood: boolean; isReadOnly: boolean; onChange: (isUnderstood: boolean) => void };

/** Stands before the addresses of the server: nothing that is sent from here repairs a wrong one. */
export function ServerWarning({ isUnderstood, isReadOnly, onChange }: Props) {
  const t = useTranslations('strategies');
  return (
    <div className={styles.guard}>
      <Alert variant="light" color="orange" icon={<IconAlertTriangle size={18} aria-hidden />}>
        {t('serverWarning')}
      </Alert>
      {isReadOnly ? null : (
        <Checkbox label={t('understood')} checked={isUnderstood} onChange={(e) => onChange(e.currentTarget.checked)} />
      )}
    </div>
  );
}
