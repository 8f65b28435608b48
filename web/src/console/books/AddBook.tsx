import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { addBook } from './queries';

/** Makes a shared book and goes to who may use it. */
export function AddBook({ onClose }: { onClose: () => void }) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [password, setPassword] = useState('');
  const add = useMutation({
    mutationFn: () => addBook({ name, note, ...(password === '' ? {} : { info: { password } }) }),
    onSuccess: async ({ guid }) => {
      await client.invalidateQueries({ queryKey: ['books'] });
      onClose();
      await navigate({ to: '/books/$id/$tab', params: { id: guid, tab: 'sharing' } });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t('addBook')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={add.error} />
          <TextInput
            label={t('name')}
            required
            withAsterisk={false}
            maxLength={128}
            data-autofocus
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <TextInput label={t('noteOptional')} maxLength={1000} value={note} onChange={(e) => setNote(e.currentTarget.value)} />
          <PasswordInput
            label={t('bookPasswordOptional')}
            description={t('bookPasswordHelp')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t('addBook')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
