import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { changeRecording, mayChange, type Recording } from './queries';
import styles from './recordings.module.css';

/** What people call a recording and say of it. */
export function RecordingText({ recording }: { recording: Recording }) {
  const t = useTranslations('recordings');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const [title, setTitle] = useState(recording.title);
  const [note, setNote] = useState(recording.note);
  const save = useMutation({
    mutationFn: () => changeRecording(recording.recordId, { title: title.trim(), note }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['recordings'] });
      setEditing(false);
    },
  });
  const begin = () => {
    setTitle(recording.title);
    setNote(recording.note);
    setEditing(true);
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (!isEditing) {
    return (
      <Card
        title={t('note')}
        actions={
          mayChange(me, recording) ? (
            <Button size="xs" variant="default" onClick={begin}>
              {t('edit')}
            </Button>
          ) : null
        }
      >
        <p className={styles.text}>{recording.note === '' ? t('noNote') : recording.note}</p>
      </Card>
    );
  }
  return (
    <Card title={t('note')}>
      <form className={styles.form} onSubmit={submit}>
        <FormError error={save.error} />
        <TextInput label={t('titleOptional')} maxLength={200} value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
        <Textarea label={t('noteOptional')} rows={4} maxLength={4000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
        <div className={styles.buttons}>
          <Button type="submit" loading={save.isPending}>
            {c('save')}
          </Button>
          <Button variant="default" onClick={() => setEditing(false)}>
            {c('cancel')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
