import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import type { Target } from './BulkAssign';
import type { Device } from './queries';

type Pair = readonly [Device, Device];

type Props = {
  count: number;
  isBusy: boolean;
  /** The server does it as a job. */
  hasJobs: boolean;
  /** The two that are selected, where it is two. */
  pair: Pair | null;
  /** Where they are as a file. */
  file: string;
  onAssign: (target: Target) => void;
  onRefresh: () => void;
  onMerge: (pair: Pair | null) => void;
  onDisconnect: () => void;
  onDelete: () => void;
  /** For who is no administrator: into a book that he may edit; by the rows that are seen. */
  onBook: () => void;
  hasRows: boolean;
};

/** What else can be done with the selected devices. */
export function DeviceBulkMenu({ count, isBusy, hasJobs, pair, file, onAssign, onRefresh, onMerge, onDisconnect, onDelete, onBook, hasRows }: Props) {
  const t = useTranslations('devices');
  const me = useMe();
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button variant="default" disabled={isBusy} rightSection={<IconChevronDown size={16} aria-hidden />}>
          {t('more')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {can(me, 'devices.group') ? (
          <>
            <Menu.Item onClick={() => onAssign('device_group_remove')}>{t('removeFromGroup')}</Menu.Item>
            <Menu.Item onClick={() => onAssign('device_group_name')}>{t('toGroup')}</Menu.Item>
          </>
        ) : null}
        {can(me, 'devices.owner') ? <Menu.Item onClick={() => onAssign('user_name')}>{t('toOwner')}</Menu.Item> : null}
        {can(me, 'devices.strategy') && can(me, 'strategies.view') ? (
          <Menu.Item onClick={() => onAssign('strategy_name')}>{t('toStrategy')}</Menu.Item>
        ) : null}
        <Menu.Item disabled={!me.is_admin && !hasRows} onClick={() => (me.is_admin ? onAssign('ab') : onBook())}>{t('toBook')}</Menu.Item>
        {hasJobs && can(me, 'devices.info') ? <Menu.Item onClick={onRefresh}>{t('refreshMany')}</Menu.Item> : null}
        <Menu.Item component="a" href={file} download>{t('exportChosen')}</Menu.Item>
        {me.is_admin ? (
          <Menu.Item disabled={pair === null} title={pair === null ? t('merge.needTwo') : undefined} onClick={() => onMerge(pair)}>
            {t('merge.two')}
          </Menu.Item>
        ) : null}
        {hasJobs && can(me, 'audit.edit') ? <Menu.Item onClick={onDisconnect}>{t('disconnectAction')}</Menu.Item> : null}
        {can(me, 'devices.delete') ? (
          <>
            <Menu.Divider />
            <Menu.Item color="red" onClick={onDelete}>
              {t('deleteMany', { count })}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
