import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { RowMenu } from '../../ui/RowMenu';
import { ApproveDialog } from './ApproveDialog';
import { ApproveMenu } from './ApproveMenu';
import { BlockedCard } from './BlockedCard';
import { DeviceListTabs } from './DeviceListTabs';
import styles from './devices.module.css';
import { approve, everyone, letWait, pendingKeys, pendingQuery, reject, type Pending, type Which } from './pending';
import { usePendingColumns } from './pendingColumns';
import { usePendingWork } from './usePendingWork';

const keyOf = (row: Pending) => row.guid;
const nameOf = (row: Pending) => (row.device_name === '' ? row.id : row.device_name);

/** Machines that asked to be let in while new devices wait for approval. */
export function PendingPage() {
  const t = useTranslations('devices.pending');
  const d = useTranslations('devices');
  const me = useMe();
  const { list, change } = useListSearch('-first_seen', pendingKeys);
  const read = useQuery(pendingQuery(list));
  const selection = useSelection(list.question);
  const columns = usePendingColumns();
  const [chosen, setChosen] = useState<{ which: Which; count: number } | null>(null);
  const { start, blockAll } = usePendingWork(selection.clear);
  const mayDecide = can(me, 'devices.enable');
  const total = read.data?.total ?? 0;
  const actions = useCallback(
    (row: Pending) => {
      const which = { guids: [row.guid] };
      return (
        <span className={styles.ends}>
          <ApproveMenu
            variant="default"
            label={t('approve')}
            about={t('approveOne', { name: nameOf(row) })}
            onApprove={(gifts) => start(approve(which, gifts))}
            onMore={() => setChosen({ which, count: 1 })}
          />
          <RowMenu label={d('actionsOf', { name: nameOf(row) })}>
            {row.state === 'rejected' ? (
              <Menu.Item onClick={() => start(letWait(which))}>{t('letWait')}</Menu.Item>
            ) : (
              <Menu.Item onClick={() => start(reject(which))}>{t('reject')}</Menu.Item>
            )}
            <Menu.Item color="red" onClick={() => blockAll([row.guid])}>
              {t('block', { address: row.address })}
            </Menu.Item>
          </RowMenu>
        </span>
      );
    },
    [t, d, start, blockAll],
  );
  const guids = [...selection.keys];
  const count = selection.isAll ? total : guids.length;
  const which: Which = selection.isAll ? everyone(list, total) : { guids };
  return (
    <Page title={t('title')} suffix={`${d('title')} · ${me.server_name}`} lead={t('lead')}>
      <DeviceListTabs now="pending" />
      <ListView
        page="devices-pending"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={pendingQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        file={csvAddress('/api/devices/pending', list)}
        filters={[{ key: 'state', label: d('columns.state'), options: [{ value: 'rejected', label: t('rejected') }] }]}
        selection={mayDecide ? selection : undefined}
        bulk={() => (
          <BulkBar count={count} progress={null} onClear={selection.clear} whole={{ selection, shown: read.data?.data.length ?? 0, total }}>
            <ApproveMenu
              label={t('approveMany', { count })}
              about={t('approveMany', { count })}
              onApprove={(gifts) => start(approve(which, gifts))}
              onMore={() => setChosen({ which, count })}
            />
            <Button variant="default" onClick={() => start(reject(which))}>
              {t('rejectMany', { count })}
            </Button>
            <Button variant="default" color="red" disabled={selection.isAll} title={selection.isAll ? t('blockFew') : ''} onClick={() => blockAll(guids)}>
              {t('blockMany')}
            </Button>
          </BulkBar>
        )}
        actions={mayDecide ? actions : undefined}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      <BlockedCard mayChange={mayDecide} />
      {chosen === null ? null : (
        <ApproveDialog
          count={chosen.count}
          onClose={() => setChosen(null)}
          onApprove={(gifts) => {
            start(approve(chosen.which, gifts));
            setChosen(null);
          }}
        />
      )}
    </Page>
  );
}
