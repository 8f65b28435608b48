import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import type { Filter } from '../../ui/DataTable/filters';
import { areas, targetsOf, useOperationColumns, useOperationName, type Operation } from '../../entities/operations';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useWhenFilter } from '../../ui/DataTable/useWhenFilter';
import { stretchOf } from '../../ui/DataTable/when';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { AuditTabs } from './AuditTabs';
import { ChainState } from './ChainState';
import { DetailsKey } from './DetailsKey';
import { FollowSwitch, useFollowing } from './Following';
import { OperationDetails } from './OperationDetails';
import { operationsQuery } from './queries';

const filterKeys = ['when', 'operator', 'typ', 'iop', 'via', 'ip', 'guid'] as const;
const keyOf = (row: Operation) => row.guid;

/** What was done in the console and by scripts. */
export function ConsolePage() {
  const t = useTranslations('audit');
  const me = useMe();
  const { list, change } = useListSearch('', filterKeys);
  const [isFollowing, setFollowing, interval] = useFollowing();
  const read = useQuery({ ...operationsQuery(list), refetchInterval: interval });
  const nameOf = useOperationName();
  const columns = useOperationColumns();
  const shown = read.data?.data;
  // The number of an operation is called as a row with it is.
  const wordOf = useCallback(
    (number: string) => {
      const row = shown?.find((o) => String(o.iop) === number);
      return row === undefined ? number : nameOf(row);
    },
    [shown, nameOf],
  );
  const filters = useFilters(wordOf);
  const file = csvAddress('/api/audits/console', list, { when: undefined, ...stretchOf(list.filters.when, new Date()) });
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <AuditTabs now="console" />
      <ChainState />
      <ListView
        page="audit-console"
        label={t('console')}
        list={list}
        onChange={change}
        read={read}
        ask={operationsQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('searchOperations')}
        filters={filters}
        file={file}
        isFollowing={isFollowing}
        extra={<FollowSwitch isOn={isFollowing} onChange={setFollowing} />}
        actions={(o) => (
          <DetailsKey name={`${nameOf(o)}: ${targetsOf(o)}`} onOpen={() => change({ peek: o.guid, page: String(list.page) })} />
        )}
        peekMore={(o) => (
          <OperationDetails operation={o} onOnly={(key, value) => change({ [key]: value, peek: undefined })} />
        )}
        empty={<Empty title={t('noOperations')} text={t('noOperationsText')} />}
      />
    </Page>
  );
}

function useFilters(wordOf: (number: string) => string): readonly Filter[] {
  const t = useTranslations('audit');
  const when = useWhenFilter();
  return useMemo(
    () => [
      when,
      { key: 'operator', label: t('who'), options: [], isText: true },
      { key: 'typ', label: t('about'), options: areas.map((area, number) => ({ value: String(number), label: t(`areas.${area}`) })) },
      { key: 'iop', label: t('what'), options: [], isHidden: true, wordOf },
      { key: 'via', label: t('via'), options: (['person', 'token', 'cli', 'server'] as const).map((value) => ({ value, label: t(`ways.${value}`) })) },
      { key: 'ip', label: t('from'), options: [], isText: true },
    ],
    [t, when, wordOf],
  );
}
