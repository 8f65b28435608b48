import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { FormError } from '../../ui/FormError';
import { say } from '../../ui/toast';
import { changeAnyBook, type AnyBook } from './allQueries';

/** Gives a shared book to somebody else, as when its owner has left. */
export function GiveBook({ book, onClose }: { book: AnyBook; onClose: () => void }) {
  const t = useTranslations('allBooks');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [owner, setOwner] = useState('');
  const give = useMutation({
    mutationFn: () => changeAnyBook(book.guid, { owner }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['books'] });
      say(t('given', { name: book.name, owner }));
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    give.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('giveTitle', { name: book.name })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={give.error} />
          <div>{t('giveText', { owner: book.owner })}</div>
          <NamePicker kind="users" label={t('newOwner')} value={owner} isRequired onChange={setOwner} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={give.isPending} disabled={owner === '' || owner === book.owner}>
              {t('giveNow')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
