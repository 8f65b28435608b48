import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { noteSession, type Connection } from '../../api/sessions';
import { deviceOf } from '../../entities/ConnectionTable';
import { FormError } from '../../ui/FormError';
import { say } from '../../ui/toast';

/** The note of a session of one's own, also while it goes on. */
export function NoteForm({ session, onClose }: { session: Connection; onClose: () => void }) {
  const t = useTranslations('sessions');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [note, setNote] = useState(session.note);
  const save = useMutation({
    mutationFn: () => noteSession(session.guid, note),
    onSuccess: async () => {
      say(t('noted'));
      await client.invalidateQueries({ queryKey: ['sessions'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('noteOf', { name: deviceOf(session) })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={save.error} />
          <TextInput label={t('note')} maxLength={256} data-autofocus value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={note.trim() === session.note}>
              {t('saveNote')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
