import { Select } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import styles from './settings.module.css';

type MailText = { notice: string; language: 'en' | 'zh'; subject: string; body: string };

const textsQuery = queryOptions({
  queryKey: ['mail-texts'],
  queryFn: ({ signal }) => call<MailText[]>('GET', '/api/mail/texts', { signal }),
  staleTime: Infinity,
});

/** What the server writes to people, in each language, with made-up names. */
export function MailTexts() {
  const t = useTranslations('settings');
  const [notice, setNotice] = useState('login_code');
  const [language, setLanguage] = useState<MailText['language']>('en');
  const { data, error, refetch } = useQuery(textsQuery);
  const shown = data?.find((text) => text.notice === notice && text.language === language);
  const notices = [...new Set(data?.map((text) => text.notice))];
  return (
    <Card title={t('cards.texts')}>
      <p className={styles.text}>{t('textsText')}</p>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <div className={styles.row}>
        <Select
          className={styles.grow ?? ''}
          label={t('mailText.notice')}
          allowDeselect={false}
          data={notices.map((value) => ({ value, label: t(`mailText.notices.${value}`) }))}
          value={notice}
          onChange={(value) => setNotice(value ?? notice)}
        />
        <Select
          label={t('mail.language.label')}
          allowDeselect={false}
          data={(['en', 'zh'] as const).map((value) => ({ value, label: t(`mail.language.options.${value}`) }))}
          value={language}
          onChange={(value) => setLanguage(value === 'zh' ? 'zh' : 'en')}
        />
      </div>
      {shown === undefined ? null : (
        <div role="status" className={styles.mailText} lang={language === 'zh' ? 'zh-CN' : 'en'}>
          <strong>{shown.subject}</strong>
          <div>{shown.body}</div>
        </div>
      )}
    </Card>
  );
}
