import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { disconnect, readConnections, type Connection } from '../../api/sessions';
import { ConnectionTable } from '../../entities/ConnectionTable';
import { ListBar } from '../../ui/DataTable/ListBar';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';

const noFilters: readonly string[] = [];

/** Who is on what, now. */
export function SessionsPage() {
  const t = useTranslations('sessions');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', 'open', list],
    queryFn: ({ signal }) =>
      readConnections({ open: 1, remote: list.q, current: list.page, pageSize: list.size }, signal),
    refetchInterval: 15_000,
  });
  const end = useMutation({
    mutationFn: (connection: Connection) => disconnect(connection.guid),
    onSuccess: async () => {
      say(t('ending'));
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: (problem) => complain(textOf(problem)),
  });
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <ListBar list={list} placeholder={t('search')} onChange={change} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('empty')} text={t('emptyText')} />
      ) : (
        <ConnectionTable
          rows={data?.data}
          label={t('title')}
          onDisconnect={(connection) => end.mutate(connection)}
          busy={end.isPending ? end.variables.guid : undefined}
        />
      )}
      <Pager list={list} total={data?.total ?? 0} onChange={change} />
    </Page>
  );
}
