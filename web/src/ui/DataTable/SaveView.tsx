import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import type { View } from '../../api/views';
import { FormError } from '../FormError';

type Props = {
  /** undefined: a new one. */
  view: View | undefined;
  onSave: (name: string, shared: boolean) => Promise<void>;
  onClose: () => void;
};

/** What a view is called, and whether everybody sees it. */
export function SaveView({ view, onSave, onClose }: Props) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const me = useMe();
  const [name, setName] = useState(view?.name ?? '');
  const [shared, setShared] = useState(view?.shared ?? false);
  const save = useMutation({ mutationFn: () => onSave(name.trim(), shared) });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={view === undefined ? t('saveView') : t('renameView')}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error === null ? null : <FormError error={save.error} />}
          <TextInput label={t('viewName')} value={name} maxLength={100} required data-autofocus onChange={(e) => setName(e.currentTarget.value)} />
          {me.is_admin ? (
            <Switch label={t('viewShared')} checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
