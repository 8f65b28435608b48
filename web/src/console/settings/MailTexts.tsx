import { Button, Group, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { MailPaper } from './MailPaper';
import { MailTextForm } from './MailTextForm';
import { resetText, textsQuery, type MailText } from './mailTexts';
import styles from './settings.module.css';

/** What the server writes to people, in each language, with made-up names; in other words where somebody wants. */
export function MailTexts() {
  const t = useTranslations('settings');
  const [notice, setNotice] = useState('login_code');
  const [language, setLanguage] = useState<MailText['language']>('en');
  const [isEditing, setEditing] = useState(false);
  const mayEdit = can(useMe(), 'settings.edit');
  const client = useQueryClient();
  const textOf = useProblemText();
  const reset = useMutation({
    mutationFn: resetText,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: textsQuery.queryKey });
      say(t('saved'));
    },
    onError: (problem) => complain(textOf(problem)),
  });
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
        <>
          <MailPaper text={shown} />
          <Group gap="xs">
            <Button variant="default" disabled={!mayEdit} onClick={() => setEditing(true)}>
              {t('mailText.edit')}
            </Button>
            {shown.is_own ? (
              <Button variant="subtle" disabled={!mayEdit} loading={reset.isPending} onClick={() => reset.mutate(shown)}>
                {t('mailText.reset')}
              </Button>
            ) : null}
            <span className={styles.sub}>{t(shown.is_own ? 'mailText.own' : 'mailText.usual')}</span>
          </Group>
          {isEditing ? <MailTextForm key={`${shown.notice} ${shown.language}`} text={shown} onClose={() => setEditing(false)} /> : null}
        </>
      )}
    </Card>
  );
}
