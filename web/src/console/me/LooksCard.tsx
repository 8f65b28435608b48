import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { savePreferences, usePreferences, type Preferences } from '../../api/preferences';
import { useUsual } from '../../api/usual';
import { Card } from '../../ui/Card';
import { useClock } from '../../ui/clock';
import { FormError } from '../../ui/FormError';
import styles from './me.module.css';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Language, times, colours, density: each holds at once, and on every browser. */
export function LooksCard() {
  const t = useTranslations('me');
  const format = useFormatter();
  const now = useClock();
  const { language, time_zone: zone, hours, theme, density } = usePreferences();
  const usual = useUsual();
  const usualZone = usual.default_time_zone === '' ? t('asBrowserZone', { zone: here }) : t('asServerZone', { zone: usual.default_time_zone });
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((name) => ({ value: name, label: name })), []);
  const save = useMutation({ mutationFn: (change: Partial<Preferences>) => savePreferences(change) });
  const sample = format.dateTime(new Date(now), { dateStyle: 'full', timeStyle: 'short' });
  return (
    <Card title={t('looks')}>
      <p className={styles.text}>{t('looksText')}</p>
      <FormError error={save.error} />
      <div className={styles.fields}>
        <Select
          label={t('language')}
          allowDeselect={false}
          data={[
            { value: '', label: t(usual.default_language === '' ? 'asBrowser' : 'asServer') },
            { value: 'en', label: 'English' },
            { value: 'zh-CN', label: '中文' },
          ]}
          value={language}
          onChange={(value) => save.mutate({ language: value === 'en' || value === 'zh-CN' ? value : '' })}
        />
        <Select
          label={t('timeZone')}
          searchable
          allowDeselect={false}
          limit={60}
          data={[{ value: '', label: usualZone }, ...zones]}
          value={zone}
          onChange={(value) => save.mutate({ time_zone: value ?? '' })}
        />
        <Select
          label={t('hours')}
          allowDeselect={false}
          data={[
            { value: '', label: t('asLanguage') },
            { value: '24', label: t('hours24') },
            { value: '12', label: t('hours12') },
          ]}
          value={hours}
          onChange={(value) => save.mutate({ hours: value === '12' || value === '24' ? value : '' })}
        />
        <Select
          label={t('theme')}
          allowDeselect={false}
          data={[
            { value: '', label: t('asSystem') },
            { value: 'light', label: t('light') },
            { value: 'dark', label: t('dark') },
          ]}
          value={theme}
          onChange={(value) => save.mutate({ theme: value === 'light' || value === 'dark' ? value : '' })}
        />
        <Select
          label={t('density')}
          allowDeselect={false}
          data={[
            { value: '', label: t('roomy') },
            { value: 'compact', label: t('compact') },
          ]}
          value={density}
          onChange={(value) => save.mutate({ density: value === 'compact' ? value : '' })}
        />
      </div>
      <p className={styles.text} role="status">
        {t('sample', { time: sample })}
      </p>
    </Card>
  );
}
