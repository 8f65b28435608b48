import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { NamePicker } from '../../entities/NamePicker';
import { NamesPicker } from '../../entities/NamesPicker';
import { StrategySelect } from '../../entities/StrategySelect';
import type { Gifts } from './pending';

type Props = { count: number; onApprove: (gifts: Gifts) => void; onClose: () => void };

/** Several groups, an owner and a strategy for machines that are let in. */
export function ApproveDialog({ count, onApprove, onClose }: Props) {
  const t = useTranslations('devices');
  const c = useTranslations('common');
  const me = useMe();
  const [groups, setGroups] = useState<string[]>([]);
  const [owner, setOwner] = useState('');
  const [strategy, setStrategy] = useState('');
  return (
    <Modal opened onClose={onClose} title={t('pending.approveTitle', { count })} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {can(me, 'devices.group') ? (
          <NamesPicker kind="device-groups" label={t('pending.groups')} value={groups} onChange={setGroups} />
        ) : null}
        {can(me, 'devices.owner') ? <NamePicker kind="users" label={t('columns.owner')} value={owner} onChange={setOwner} /> : null}
        {can(me, 'devices.strategy') && can(me, 'strategies.view') ? (
          <StrategySelect label={t('strategy')} value={strategy} onChange={setStrategy} />
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button onClick={() => onApprove({ device_groups: groups, user_name: owner, strategy_name: strategy })}>
            {t('pending.approveMany', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
