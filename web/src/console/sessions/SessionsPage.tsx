import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { disconnect, readConnections, type Connection } from '../../api/sessions';
import { deviceOf, keyOfConnection, useConnectionColumns } from '../../entities/ConnectionTable';
import { BulkBar } from '../../ui/BulkBar';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';

const noFilters: readonly string[] = [];

/** Who is on what, now. */
export function SessionsPage() {
  const t = useTranslations('sessions');
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const read = useQuery({
    queryKey: ['sessions', 'open', list.question],
    queryFn: ({ signal }) =>
      readConnections({ open: 1, remote: list.q, current: list.page, pageSize: list.size }, signal),
    refetchInterval: 15_000,
  });
  const columns = useConnectionColumns({});
  const selection = useSelection(list.question);
  const { run, progress } = useBulk();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (connection: Connection) => disconnect(connection.guid),
    onSuccess: async () => {
      say(t('ending'));
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const endAll = async () => {
    const result = await run([...selection.keys], disconnect);
    selection.clear();
    await client.invalidateQueries({ queryKey: ['sessions'] });
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(t('ending'));
  };
  const busy = isPending ? variables.guid : undefined;
  const actions = useCallback(
    (c: Connection) =>
      c.end_time === null ? (
        <Button size="xs" variant="default" color="red" loading={busy === c.guid} onClick={() => mutate(c)}>
          {t('disconnect')}
        </Button>
      ) : null,
    [t, busy, mutate],
  );
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <ListView
        page="sessions"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        columns={columns}
        keyOf={keyOfConnection}
        nameOf={deviceOf}
        placeholder={t('search')}
        actions={actions}
        selection={selection}
        bulk={() => (
          <BulkBar count={selection.keys.size} progress={progress} onClear={selection.clear}>
            <Button color="red" disabled={progress !== null} onClick={() => void endAll()}>
              {t('disconnectMany', { count: selection.keys.size })}
            </Button>
          </BulkBar>
        )}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
    </Page>
  );
}
