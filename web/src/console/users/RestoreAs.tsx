import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { restoreUsers, type DeletedUser } from './deleted';

type Props = { user: DeletedUser; onClose: () => void };

/** Another account has the name of a deleted one: asks under which name it comes back. */
export function RestoreAs({ user, onClose }: Props) {
  const t = useTranslations('users.bin');
  const c = useTranslations('common');
  const b = useTranslations('entities.bin');
  const begin = useStartJob();
  const [name, setName] = useState(`${user.name}-2`);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void begin(restoreUsers([user.guid], name.trim()), onClose);
  };
  return (
    <Modal opened onClose={onClose} title={t('asTitle', { name: user.name })} closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <div>{t('asText', { name: user.name })}</div>
          <TextInput label={t('newName')} data-autofocus maxLength={128} value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>{c('cancel')}</Button>
            <Button type="submit" disabled={name.trim() === ''}>{b('restore')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
