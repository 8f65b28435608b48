import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, type ListRead } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { AddToBook } from '../../entities/AddToBook';
import { BulkBar } from '../../ui/BulkBar';
import { Confirm } from '../../ui/Confirm';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useSeen } from '../../ui/DataTable/useSeen';
import type { Selection } from '../../ui/DataTable/useSelection';
import { BulkAssign, type Target } from './BulkAssign';
import { DeviceBulkMenu } from './DeviceBulkMenu';
import { EndOnDevices } from './EndOnDevices';
import { MergeDevices } from './MergeDevices';
import styles from './devices.module.css';
import { nameOf, type Device } from './queries';
import { useDeviceBulk, type Work } from './useDeviceBulk';

type Props = { list: ListSearch; selection: Selection; rows: readonly Device[]; read: ListRead };

/** So many are changed at once, and taken back with one press. More are asked for. */
const few = 25;

/** What can be done with the selected devices. */
export function DeviceBulk({ list, selection, rows, read }: Props) {
  const t = useTranslations('devices');
  const me = useMe();
  const seen = useSeen(selection.isAll, read);
  const { start, progress, canTakeAll } = useDeviceBulk(list, selection, seen);
  const [asked, setAsked] = useState<Work | null>(null);
  const [assigned, setAssigned] = useState<Target | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const [isEnding, setEnding] = useState(false);
  const [isBooking, setBooking] = useState(false);
  const [pair, setPair] = useState<readonly [Device, Device] | null>(null);
  const [one, other] = rows;
  const two = !selection.isAll && selection.keys.size === 2 && one !== undefined && other !== undefined ? ([one, other] as const) : null;
  const count = selection.isAll ? seen.total : selection.keys.size;
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
      {...(canTakeAll ? { whole: { selection, shown: read.shown, total: read.total } } : {})}
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
      <DeviceBulkMenu
        count={count}
        isBusy={isBusy}
        hasJobs={canTakeAll}
        pair={two}
        file={csvAddress('/api/devices', selection.isAll ? list : { ...list, q: '', asks: { guids: [...selection.keys].join(',') } })}
        onAssign={setAssigned}
        onRefresh={() => request({ action: 'refresh' })}
        onMerge={setPair}
        onDisconnect={() => setEnding(true)}
        onDelete={() => setDeleting(true)}
        onBook={() => setBooking(true)}
        hasRows={!selection.isAll}
      />
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
      {isBooking ? (
        <AddToBook devices={rows.map((d) => ({ id: d.id, name: nameOf(d) }))} onClose={() => setBooking(false)} onDone={selection.clear} />
      ) : null}
      {isEnding ? (
        <EndOnDevices
          count={count}
          onClose={() => setEnding(false)}
          onEnd={(reason) => {
            setEnding(false);
            void start({ action: 'disconnect', reason });
          }}
        />
      ) : null}
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
