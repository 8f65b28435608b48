import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { readConnections, type Connection } from '../../api/sessions';
import { deviceOf, keyOfConnection } from '../../entities/ConnectionTable';
import { connectionKeys, manyConnectionKeys, useConnectionFilters } from '../../entities/useConnectionFilters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch, type ListSearch } from '../../ui/DataTable/listSearch';
import { stretchOf } from '../../ui/DataTable/when';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { PlainLink } from '../../ui/PlainLink';
import { AuditTabs } from './AuditTabs';
import { useAuditColumns } from './connectionColumns';
import { DetailsKey } from './DetailsKey';
import { FollowSwitch, useFollowing } from './Following';

const connectionsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['audit', 'connections', list.question],
    queryFn: ({ signal }) => {
      const stretch = { when: undefined, ...stretchOf(list.filters.when, new Date()) };
      return readConnections({ ...list.asks, ...stretch, q: list.q, current: list.page, pageSize: list.size }, signal);
    },
  });

/** Every connection, newest first. */
export function ConnectionsPage() {
  const t = useTranslations('audit');
  const columns = useAuditColumns();
  const filters = useConnectionFilters();
  const me = useMe();
  const { list, change } = useListSearch('', connectionKeys, manyConnectionKeys);
  const [isFollowing, setFollowing, interval] = useFollowing();
  const read = useQuery({ ...connectionsQuery(list), placeholderData: keepPreviousData, refetchInterval: interval });
  const file = csvAddress('/api/audits/conn', list, { when: undefined, ...stretchOf(list.filters.when, new Date()) });
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <AuditTabs now="connections" />
      <ListView
        page="audit-connections"
        label={t('connections')}
        list={list}
        onChange={change}
        read={read}
        ask={connectionsQuery}
        columns={columns}
        keyOf={keyOfConnection}
        nameOf={deviceOf}
        placeholder={t('searchEnds')}
        filters={filters}
        file={file}
        isFollowing={isFollowing}
        extra={<FollowSwitch isOn={isFollowing} onChange={setFollowing} />}
        actions={(c) => <DetailsKey name={deviceOf(c)} onOpen={() => change({ peek: c.guid, page: String(list.page) })} />}
        peekMore={(c) => <Ways connection={c} />}
        empty={<Empty title={t('noConnections')} text={t('noConnectionsText')} />}
      />
    </Page>
  );
}

/** Where one goes from a connection. */
function Ways({ connection: c }: { connection: Connection }) {
  const t = useTranslations('audit');
  const name = encodeURIComponent(c.device_id);
  return (
    <>
      <PlainLink to={`/audit/files?device=${name}`} text={t('filesOf')} />
      <PlainLink to={`/audit/connections?device=${name}`} text={t('connectionsOf')} />
      {c.info.ip === '' ? null : <PlainLink to={`/audit/connections?ip=${encodeURIComponent(c.info.ip)}`} text={t('fromSame')} />}
    </>
  );
}
