import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ControlRolePicker } from '../../entities/ControlRolePicker';
import { NamePicker } from '../../entities/NamePicker';

export type Choice = 'group' | 'control_role';

type Props = { kind: Choice; count: number; onChosen: (value: string) => void; onClose: () => void };

/** A user group or a control role for many users. */
export function BulkChoice({ kind, count, onChosen, onClose }: Props) {
  const t = useTranslations('users');
  const c = useTranslations('common');
  const [value, setValue] = useState('');
  const isGroup = kind === 'group';
  return (
    <Modal opened onClose={onClose} title={isGroup ? t('toGroup') : t('toControlRole')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {isGroup ? (
          <NamePicker kind="user-groups" label={t('group')} isRequired value={value} onChange={setValue} />
        ) : (
          <ControlRolePicker value={value} onChange={setValue} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{c('cancel')}</Button>
          <Button disabled={isGroup && value === ''} onClick={() => onChosen(value)}>
            {isGroup ? t('moveMany', { count }) : t('giveMany', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
