import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { useFieldErrors } from '../../ui/problemText';
import { say } from '../../ui/toast';
import { changeText, previewText, textsQuery, type MailText } from './mailTexts';
import { MailPaper } from './MailPaper';
import styles from './settings.module.css';

/** A mail in other words, and below what arrives. */
export function MailTextForm({ text, onClose }: { text: MailText; onClose: () => void }) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const fieldsOf = useFieldErrors();
  const [words, setWords] = useState(text.words);
  const [asked] = useDebouncedValue(words, 300);
  const preview = useQuery({
    queryKey: ['mail-preview', text.notice, text.language, asked],
    queryFn: ({ signal }) => previewText(text, asked, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => changeText(text, words),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: textsQuery.queryKey });
      say(t('saved'));
      onClose();
    },
  });
  // What is wrong is said while it is written, as saving would say it.
  const errors = fieldsOf(preview.error ?? save.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened size="lg" onClose={onClose} title={t(`mailText.notices.${text.notice}`)} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={save.error} />
          <p className={styles.text}>
            {text.placeholders.length === 0 ? t('mailText.none') : t('mailText.places', { names: text.placeholders.map((name) => `{${name}}`).join(' ') })}
          </p>
          <TextInput
            label={t('mailText.subject')}
            required
            withAsterisk={false}
            maxLength={200}
            error={errors['subject']}
            value={words.subject}
            onChange={(e) => setWords({ ...words, subject: e.currentTarget.value })}
          />
          <Textarea
            label={t('mailText.body')}
            required
            withAsterisk={false}
            autosize
            minRows={6}
            maxRows={16}
            maxLength={8000}
            error={errors['body']}
            value={words.body}
            onChange={(e) => setWords({ ...words, body: e.currentTarget.value })}
          />
          {preview.data === undefined ? null : <MailPaper text={preview.data} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
