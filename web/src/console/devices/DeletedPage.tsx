import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { Job } from '../../api/jobs';
import { can, useMe } from '../../api/me';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { BulkBar } from '../../ui/BulkBar';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { DeviceListTabs } from './DeviceListTabs';
import { deletedQuery, purgeDevices, restoreDevices, type Deleted } from './deleted';
import { useDeletedColumns } from './deletedColumns';

const noFilters: readonly string[] = [];
const keyOf = (row: Deleted) => row.guid;
const nameOf = (row: Deleted) => row.device_name || row.id;

/** Devices that were deleted, and are had back from here for a while. */
export function DeletedPage() {
  const t = useTranslations('devices.bin');
  const d = useTranslations('devices');
  const me = useMe();
  const { list, change } = useListSearch('-deleted_at', noFilters);
  const read = useQuery(deletedQuery(list));
  const selection = useSelection(list.question);
  const [purged, setPurged] = useState<readonly string[] | null>(null);
  const columns = useDeletedColumns();
  const { clear } = selection;
  const begin = useStartJob();
  const start = useCallback((work: Promise<Job>) => begin(work, clear), [begin, clear]);
  const actions = useCallback(
    (row: Deleted) => (
      <Button size="xs" variant="default" onClick={() => void start(restoreDevices([row.guid]))}>
        {t('restore')}
      </Button>
    ),
    [t, start],
  );
  const chosen = [...selection.keys];
  return (
    <Page title={t('title')} suffix={`${d('title')} · ${me.server_name}`} lead={t('lead')}>
      <DeviceListTabs now="deleted" />
      <ListView
        page="devices-deleted"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        selection={can(me, 'devices.delete') ? selection : undefined}
        bulk={() => (
          <BulkBar count={chosen.length} progress={null} onClear={clear}>
            <Button variant="default" onClick={() => void start(restoreDevices(chosen))}>
              {t('restoreMany', { count: chosen.length })}
            </Button>
            <Button variant="default" color="red" onClick={() => setPurged(chosen)}>
              {t('purgeMany', { count: chosen.length })}
            </Button>
          </BulkBar>
        )}
        actions={actions}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      <ConfirmTyped
        isOpen={purged !== null}
        title={t('purgeTitle', { count: purged?.length ?? 0 })}
        action={t('purgeMany', { count: purged?.length ?? 0 })}
        word={String(purged?.length ?? 0)}
        onCancel={() => setPurged(null)}
        onConfirm={() => {
          void start(purgeDevices(purged ?? []));
          setPurged(null);
        }}
      >
        {t('purgeText')}
      </ConfirmTyped>
    </Page>
  );
}
