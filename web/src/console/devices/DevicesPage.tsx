import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { DataTable } from '../../ui/DataTable/DataTable';
import { ListBar, type Filter } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { ExportLink } from '../../ui/ExportLink';
import { Page } from '../../ui/Page';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';
import { useDeviceColumns } from './columns';
import { devicesQuery, nameOf, setEnabled } from './queries';

const filterKeys = ['status', 'user_name', 'device_group_name'] as const;

/** Every device that the person may see. */
export function DevicesPage() {
  const t = useTranslations('devices');
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const { list, change } = useListSearch('id', filterKeys);
  const { data, error, refetch } = useQuery(devicesQuery(list));
  const [selected, setSelected] = useState<Set<string>>(() => new Set());
  const { run, progress } = useBulk();
  const columns = useDeviceColumns();
  const mayEdit = can(me, 'devices.edit');
  const filters = useMemo<Filter[]>(
    () => [
      { key: 'status', label: t('filters.state'), options: [{ value: '1', label: t('enabled') }, { value: '0', label: t('disabled') }] },
      { key: 'user_name', label: t('filters.owner'), options: [{ value: '-', label: t('filters.none') }] },
      { key: 'device_group_name', label: t('filters.group'), options: [{ value: '-', label: t('filters.none') }] },
    ],
    [t],
  );

  const bulk = async (isEnabled: boolean, guids: string[]) => {
    const result = await run(guids, (guid) => setEnabled(guid, isEnabled));
    await client.invalidateQueries({ queryKey: ['devices'] });
    setSelected(new Set());
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const isAsked = list.q !== '' || Object.keys(list.filters).length > 0;

  return (
    <Page title={t('title')} suffix={me.server_name} actions={<ExportLink href={csvAddress('/api/devices', list)} />}>
      {selected.size > 0 ? (
        <BulkBar count={selected.size} progress={progress} onClear={() => setSelected(new Set())}>
          <Button variant="default" disabled={progress !== null} onClick={() => void bulk(true, [...selected])}>
            {t('enableMany', { count: selected.size })}
          </Button>
          <Button variant="default" disabled={progress !== null} onClick={() => void bulk(false, [...selected])}>
            {t('disableMany', { count: selected.size })}
          </Button>
        </BulkBar>
      ) : (
        <ListBar list={list} placeholder={t('search')} filters={filters} onChange={change} />
      )}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        isAsked ? (
          <Empty title={l('nothing')} text={l('nothingText')} />
        ) : (
          <Empty title={t('empty')} text={t('emptyText')} action={<Link to="/">{t('emptyAction')}</Link>} />
        )
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.data}
          keyOf={(device) => device.guid}
          nameOf={nameOf}
          sort={list.sort}
          onSort={(sort) => change({ sort })}
          {...(mayEdit ? { selected, onSelect: setSelected } : {})}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
