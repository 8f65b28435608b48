import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../api/client';
import { FormError } from '../ui/FormError';
import { useProblemText } from '../ui/problemText';
import { complain, say } from '../ui/toast';
import { sayWithUndo } from '../ui/UndoToast';

type Named = { id: string; name: string };
type Book = { guid: string; name: string; rule: number; is_personal: boolean };
type Sent = { results: { outcome: 'added' | 'same' | 'kept' | 'refused'; reason?: string }[] };

type Props = { devices: readonly Named[]; onClose: () => void; onDone?: () => void };

/** Devices into one of the books that somebody may edit: the own one, or one that is shared so. */
export function AddToBook({ devices, onClose, onDone }: Props) {
  const t = useTranslations('entities.toBook');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [guid, setGuid] = useState('');
  const { data, error } = useQuery({
    queryKey: ['books', 'editable'],
    queryFn: ({ signal }) => call<{ personal: Book; data: Book[] }>('GET', '/api/books?pageSize=500', { signal }),
  });
  const books = data === undefined ? [] : [data.personal, ...data.data.filter((b) => b.rule >= 2)];
  const nameOf = (book: Book) => (book.is_personal ? t('mine') : book.name);
  const book = books.find((b) => b.guid === guid) ?? books[0];
  const refresh = () => client.invalidateQueries({ queryKey: ['books'] });
  const takeBack = (from: string, ids: readonly string[]) =>
    void call('DELETE', `/api/ab/peer/${from}`, { body: ids }).then(refresh, (problem: unknown) => complain(textOf(problem)));
  const add = useMutation({
    mutationFn: (to: Book) =>
      // What is there already stays as somebody called it.
      call<Sent>('POST', `/api/books/${to.guid}/entries`, {
        body: { update: false, rows: devices.map(({ id, name }) => ({ id, ...(name === id ? {} : { alias: name }) })) },
      }),
    onSuccess: async ({ results }, to) => {
      await refresh();
      const ids = devices.filter((_, index) => results[index]?.outcome === 'added').map((d) => d.id);
      const refused = results.filter((r) => r.outcome === 'refused');
      if (refused.length > 0) complain(t('refused', { count: refused.length, reason: refused[0]?.reason ?? '' }));
      const kept = results.length - ids.length - refused.length;
      if (ids.length > 0) sayWithUndo(t('done', { count: ids.length, kept, name: nameOf(to) }), c('undo'), () => takeBack(to.guid, ids));
      else if (kept > 0) say(t('there', { count: kept, name: nameOf(to) }));
      onDone?.();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('title')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <FormError error={error ?? add.error} />
        <Select
          label={t('book')}
          description={t('which')}
          data={books.map((b) => ({ value: b.guid, label: nameOf(b) }))}
          value={book?.guid ?? null}
          searchable
          allowDeselect={false}
          nothingFoundMessage={t('none')}
          onChange={(value) => setGuid(value ?? '')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={book === undefined} loading={add.isPending} onClick={() => book !== undefined && add.mutate(book)}>
            {t('add', { count: devices.length })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
