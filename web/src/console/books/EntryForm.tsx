import { Button, Group, Modal, PasswordInput, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { FormError } from '../../ui/FormError';
import { sendMany, tagsQuery, type Book, type Entry, type EntryChange } from './queries';

type Props = { book: Book; entry: Entry | null; onClose: () => void };

const digits = /^[\d\s]{6,}$/;

/** A device of a book, new or there already. */
export function EntryForm({ book, entry, onClose }: Props) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const client = useQueryClient();
  const { data: tags = [] } = useQuery(tagsQuery(book.guid));
  const [id, setId] = useState(entry?.id ?? '');
  const [alias, setAlias] = useState(entry?.alias ?? '');
  const [chosen, setChosen] = useState(entry?.tags ?? []);
  const [note, setNote] = useState(entry?.note ?? '');
  const [password, setPassword] = useState('');
  const plainId = digits.test(id) ? id.replaceAll(/\s/g, '') : id.trim();
  const known = useQuery({
    queryKey: ['devices', 'exists', plainId],
    queryFn: ({ signal }) => call<PageOf<unknown>>('GET', `/api/devices${query({ id: plainId, pageSize: 1 })}`, { signal }),
    enabled: entry === null && digits.test(id),
  });
  const save = useMutation({
    mutationFn: async () => {
      const body: EntryChange = { id: plainId, alias, note, tags: chosen };
      if (password !== '') body.password = password;
      const { results } = await sendMany(book.guid, [body], { update: entry !== null });
      const [result] = results;
      if (result?.outcome === 'refused') throw new Refused(result.reason ?? '');
      if (result?.outcome === 'kept') throw new Refused(t('isThere'));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['books'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const refused = save.error instanceof Refused ? save.error.message : undefined;
  return (
    <Modal opened onClose={onClose} title={entry === null ? t('addEntry') : t('editEntry')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {refused === undefined ? <FormError error={save.error} /> : null}
          <TextInput
            label={t('idOrAddress')}
            description={
              known.data === undefined ? t('idHelp') : known.data.total > 0 ? t('idKnown') : t('idUnknown')
            }
            required
            withAsterisk={false}
            maxLength={300}
            readOnly={entry !== null}
            error={refused}
            {...(entry === null ? { 'data-autofocus': true } : {})}
            value={id}
            onChange={(e) => setId(e.currentTarget.value)}
          />
          <TextInput
            label={t('aliasOptional')}
            maxLength={255}
            {...(entry === null ? {} : { 'data-autofocus': true })}
            value={alias}
            onChange={(e) => setAlias(e.currentTarget.value)}
          />
          <TagsInput
            label={t('tagsOptional')}
            description={t('tagsHelp')}
            data={tags.map((tag) => tag.name)}
            maxTags={64}
            clearButtonProps={{ 'aria-label': t('clearTags') }}
            value={chosen}
            onChange={setChosen}
          />
          <Textarea label={t('noteOptional')} maxLength={1000} rows={2} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          {book.is_personal ? null : (
            <PasswordInput
              label={t('passwordOptional')}
              description={entry?.password_set === true ? t('passwordKept') : t('passwordHelp')}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
            />
          )}
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

class Refused extends Error {}
