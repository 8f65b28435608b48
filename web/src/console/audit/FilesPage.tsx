import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useWhenFilter } from '../../ui/DataTable/useWhenFilter';
import { stretchOf } from '../../ui/DataTable/when';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { AuditTabs } from './AuditTabs';
import { DetailsKey } from './DetailsKey';
import { useTransferColumns } from './fileColumns';
import { FollowSwitch, useFollowing } from './Following';
import { LargestFiles } from './LargestFiles';
import { transfersQuery, type Transfer } from './queries';

const filterKeys = ['when', 'device', 'operator', 'type', 'what', 'path', 'ip', 'guid'] as const;
const keyOf = (row: Transfer) => row.guid;

/** Which files went where. */
export function FilesPage() {
  const t = useTranslations('audit');
  const me = useMe();
  const { list, change } = useListSearch('', filterKeys);
  const [isFollowing, setFollowing, interval] = useFollowing();
  const read = useQuery({ ...transfersQuery(list), refetchInterval: interval });
  const columns = useTransferColumns();
  const filters = useFilters();
  const nameOf = (f: Transfer) => (f.path === '' ? t('clipboard') : f.path);
  const file = csvAddress('/api/audits/file', list, { when: undefined, ...stretchOf(list.filters.when, new Date()) });
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <AuditTabs now="files" />
      <ListView
        page="audit-files"
        label={t('files')}
        list={list}
        onChange={change}
        read={read}
        ask={transfersQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('searchFiles')}
        filters={filters}
        file={file}
        isFollowing={isFollowing}
        extra={<FollowSwitch isOn={isFollowing} onChange={setFollowing} />}
        actions={(f) => <DetailsKey name={nameOf(f)} onOpen={() => change({ peek: f.guid, page: String(list.page) })} />}
        peekMore={(f) => <LargestFiles transfer={f} />}
        empty={<Empty title={t('noFiles')} text={t('noFilesText')} />}
      />
    </Page>
  );
}

function useFilters(): readonly Filter[] {
  const t = useTranslations('audit');
  const when = useWhenFilter();
  return useMemo(
    () => [
      when,
      { key: 'device', label: t('device'), options: [], isText: true },
      { key: 'operator', label: t('operator'), options: [], isText: true },
      { key: 'type', label: t('direction'), options: [{ value: '0', label: t('fromDevice') }, { value: '1', label: t('toDevice') }] },
      { key: 'what', label: t('moved'), options: (['files', 'clipboard', 'print'] as const).map((value) => ({ value, label: t(`movedKinds.${value}`) })) },
      { key: 'path', label: t('path'), options: [], isText: true },
      { key: 'ip', label: t('from'), options: [], isText: true },
    ],
    [t, when],
  );
}
