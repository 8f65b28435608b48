import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { Confirm } from '../../ui/Confirm';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import type { Selection } from '../../ui/DataTable/useSelection';
import { BulkAssign, type Target } from './BulkAssign';
import { MergeDevices } from './MergeDevices';
import styles from './devices.module.css';
import { nameOf, type Device } from './queries';
import { useDeviceBulk, type Work } from './useDeviceBulk';

type Props = { list: ListSearch; selection: Selection; rows: readonly Device[]; shown: number; total: number };

/** So many are changed at once, and taken back with one press. More are asked for. */
const few = 25;

/** What can be done with the selected devices. */
export function DeviceBulk({ list, selection, rows, shown, total }: Props) {
  const t = useTranslations('devices');
  const me = useMe();
  const { start, progress, canTakeAll } = useDeviceBulk(list, selection, total);
  const [asked, setAsked] = useState<Work | null>(null);
  const [assigned, setAssigned] = useState<Target | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const [pair, setPair] = useState<readonly [Device, Device] | null>(null);
  const [one, other] = rows;
  const two = !selection.isAll && selection.keys.size === 2 && one !== undefined && other !== undefined ? ([one, other] as const) : null;
  const count = selection.isAll ? total : selection.keys.size;
  const request = (work: Work) => {
    if (count > few) setAsked(work);
    else void start(work);
  };
  const isBusy = progress !== null;
  const title = asked?.action === 'enable' ? t('enableMany', { count }) : asked?.action === 'disable' ? t('disableMany', { count }) : t('changeMany', { count });
  return (
    <BulkBar
      count={count}
      progress={progress}
      onClear={selection.clear}
      {...(canTakeAll ? { whole: { selection, shown, total } } : {})}
    >
      {can(me, 'devices.enable') ? (
        <>
          <Button variant="default" disabled={isBusy} onClick={() => request({ action: 'enable' })}>
            {t('enableMany', { count })}
          </Button>
          <Button variant="default" disabled={isBusy} onClick={() => request({ action: 'disable' })}>
            {t('disableMany', { count })}
          </Button>
        </>
      ) : null}
      {can(me, 'devices.group') ? (
        <Button variant="default" disabled={isBusy} onClick={() => setAssigned('device_group_add')}>
          {t('addToGroup')}
        </Button>
      ) : null}
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button variant="default" disabled={isBusy} rightSection={<IconChevronDown size={16} aria-hidden />}>
            {t('more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {can(me, 'devices.group') ? (
            <>
              <Menu.Item onClick={() => setAssigned('device_group_remove')}>{t('removeFromGroup')}</Menu.Item>
              <Menu.Item onClick={() => setAssigned('device_group_name')}>{t('toGroup')}</Menu.Item>
            </>
          ) : null}
          {can(me, 'devices.owner') ? <Menu.Item onClick={() => setAssigned('user_name')}>{t('toOwner')}</Menu.Item> : null}
          {can(me, 'devices.strategy') && can(me, 'strategies.view') ? (
            <Menu.Item onClick={() => setAssigned('strategy_name')}>{t('toStrategy')}</Menu.Item>
          ) : null}
          {me.is_admin ? <Menu.Item onClick={() => setAssigned('ab')}>{t('toBook')}</Menu.Item> : null}
          {canTakeAll && can(me, 'devices.info') ? <Menu.Item onClick={() => request({ action: 'refresh' })}>{t('refreshMany')}</Menu.Item> : null}
          {me.is_admin ? (
            <Menu.Item disabled={two === null} title={two === null ? t('merge.needTwo') : undefined} onClick={() => setPair(two)}>
              {t('merge.two')}
            </Menu.Item>
          ) : null}
          {can(me, 'devices.delete') ? (
            <>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => setDeleting(true)}>
                {t('deleteMany', { count })}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        isOpen={asked !== null}
        title={`${title}?`}
        action={title}
        isHarmless
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          if (asked !== null) void start(asked);
          setAsked(null);
        }}
      >
        <p className={styles.plain}>{t('examples')}</p>
        <ul>
          {rows.slice(0, 5).map((device) => (
            <li key={device.guid}>{nameOf(device)}</li>
          ))}
        </ul>
        <p className={styles.plain}>{t('canUndo')}</p>
      </Confirm>
      <Confirm
        isOpen={isDeleting}
        title={t('deleteManyTitle', { count })}
        action={t('deleteMany', { count })}
        onCancel={() => setDeleting(false)}
        onConfirm={() => {
          setDeleting(false);
          void start({ action: 'delete' });
        }}
      >
        {t('deleteManyText')}
      </Confirm>
      {pair === null ? null : (
        <MergeDevices
          pair={pair}
          onClose={() => setPair(null)}
          onMerged={() => {
            setPair(null);
            selection.clear();
          }}
        />
      )}
      {assigned === null ? null : (
        <BulkAssign
          kind={assigned}
          count={count}
          onClose={() => setAssigned(null)}
          onAssign={(value) => {
            setAssigned(null);
            void start({ action: 'assign', type: assigned, value });
          }}
        />
      )}
    </BulkBar>
  );
}
