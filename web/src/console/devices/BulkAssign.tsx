import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';

type Props = { kind: 'user_name' | 'device_group_name'; count: number; onAssign: (value: string) => void; onClose: () => void };

/** An owner or a group for many devices. */
export function BulkAssign({ kind, count, onAssign, onClose }: Props) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const [value, setValue] = useState('');
  const isOwner = kind === 'user_name';
  return (
    <Modal opened onClose={onClose} title={isOwner ? t('toOwner') : t('toGroup')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <NamePicker
          kind={isOwner ? 'users' : 'device-groups'}
          label={isOwner ? t('columns.owner') : t('columns.group')}
          value={value}
          onChange={setValue}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button onClick={() => onAssign(value)}>{value === '' ? t('takeAway', { count }) : t('assignMany', { count })}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
