import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { LatestSession } from '../../api/overview';
import { noteSession } from '../../api/sessions';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import styles from './HomePage.module.css';

/** The note of a session of one's own. The newest one without has its field open: writing it costs one press. */
export function SessionNote({ session, isOpen }: { session: LatestSession; isOpen: boolean }) {
  const t = useTranslations('home');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [isAsked, setAsked] = useState(isOpen);
  const [note, setNote] = useState(session.note);
  const name = groupedId(session.device_id);
  const save = useMutation({
    mutationFn: () => noteSession(session.guid, note),
    onSuccess: async () => {
      say(t('noteStored'));
      setAsked(false);
      await client.invalidateQueries({ queryKey: ['overview'] });
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (!isAsked) {
    const isEmpty = session.note === '';
    return (
      <span className={styles.note}>
        <span className={styles.who} title={session.note}>
          {session.note}
        </span>
        <Button size="xs" variant="subtle" aria-label={t(isEmpty ? 'addNoteOf' : 'changeNoteOf', { name })} onClick={() => setAsked(true)}>
          {isEmpty ? t('addNote') : t('changeNote')}
        </Button>
      </span>
    );
  }
  return (
    <form className={styles.note} onSubmit={submit}>
      <TextInput
        className={styles.noteText ?? ''}
        size="xs"
        aria-label={t('noteOf', { name })}
        placeholder={t('notePlaceholder')}
        maxLength={256}
        value={note}
        onChange={(e) => setNote(e.currentTarget.value)}
      />
      <Button size="xs" type="submit" variant="default" loading={save.isPending} disabled={note.trim() === session.note}>
        {t('saveNote')}
      </Button>
    </form>
  );
}
