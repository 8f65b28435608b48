import { Select } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { Channel } from './channels';
import styles from './settings.module.css';

type Props = {
  channels: readonly Channel[];
  values: Record<string, string>;
  onChange: (changes: Record<string, string | undefined>) => void;
};

/** Which deliveries are shown. */
export function DeliveryFilters({ channels, values, onChange }: Props) {
  const t = useTranslations('settings');
  const states = (['waiting', 'sent', 'failed'] as const).map((value) => ({ value, label: t(`delivery.states.${value}`) }));
  return (
    <div className={styles.row} role="search">
      <Select
        label={t('delivery.state')}
        placeholder={t('delivery.all')}
        clearable
        clearButtonProps={{ 'aria-label': t('clear', { what: t('delivery.state') }) }}
        data={states}
        value={values.state ?? null}
        onChange={(state) => onChange({ state: state ?? undefined })}
      />
      <Select
        label={t('delivery.channel')}
        placeholder={t('delivery.all')}
        clearable
        clearButtonProps={{ 'aria-label': t('clear', { what: t('delivery.channel') }) }}
        data={channels.map((c) => ({ value: c.guid, label: c.name }))}
        value={values.channel ?? null}
        onChange={(channel) => onChange({ channel: channel ?? undefined })}
      />
    </div>
  );
}
