import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { StrategySelect } from '../../entities/StrategySelect';
import { BookSelect } from './BookSelect';

export type Target = 'user_name' | 'device_group_name' | 'device_group_add' | 'device_group_remove' | 'strategy_name' | 'ab';

type Props = { kind: Target; count: number; onAssign: (value: string) => void; onClose: () => void };

const titles = { user_name: 'toOwner', device_group_name: 'toGroup', device_group_add: 'addToGroup', device_group_remove: 'removeFromGroup', strategy_name: 'toStrategy', ab: 'toBook' } as const;

/** An owner, a group, a strategy or a place in an address book for many devices. */
export function BulkAssign({ kind, count, onAssign, onClose }: Props) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const [value, setValue] = useState('');
  const isGroup = kind !== 'user_name' && kind !== 'strategy_name' && kind !== 'ab';
  // Nothing stands for taking away, but where it is said what is taken or added.
  const isNeeded = kind === 'ab' || kind === 'device_group_add' || kind === 'device_group_remove';
  return (
    <Modal opened onClose={onClose} title={t(titles[kind])} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {kind === 'user_name' || isGroup ? (
          <NamePicker
            kind={kind === 'user_name' ? 'users' : 'device-groups'}
            label={kind === 'user_name' ? t('columns.owner') : t('columns.group')}
            isRequired={isNeeded}
            value={value}
            onChange={setValue}
          />
        ) : kind === 'ab' ? (
          <BookSelect value={value} onChange={setValue} />
        ) : (
          <StrategySelect label={t('strategy')} value={value} onChange={setValue} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={isNeeded && value === ''} onClick={() => onAssign(value)}>
            {kind === 'ab' || kind === 'device_group_add' ? t('addMany', { count })
            : kind === 'device_group_remove' ? t('takeAway', { count }) : value === '' ? t('takeAway', { count }) : t('assignMany', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
