import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { readConnections, type Connection } from '../../api/sessions';
import { deviceOf, keyOfConnection, useConnectionColumns } from '../../entities/ConnectionTable';
import { useEnding } from '../../entities/ending';
import { EndSessions } from '../../entities/EndSessions';
import { BulkBar } from '../../ui/BulkBar';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';

const noFilters: readonly string[] = [];

/** Who is on what, now. */
export function SessionsPage() {
  const t = useTranslations('sessions');
  const me = useMe();
  const { list, change } = useListSearch('', noFilters);
  const read = useQuery({
    queryKey: ['sessions', 'open', list.question],
    queryFn: ({ signal }) =>
      readConnections({ open: 1, remote: list.q, current: list.page, pageSize: list.size }, signal),
    refetchInterval: 15_000,
  });
  const columns = useConnectionColumns({});
  const selection = useSelection(list.question);
  const [asked, setAsked] = useState<readonly string[] | null>(null);
  const ending = useEnding();
  const actions = useCallback(
    (c: Connection) =>
      c.end_time === null ? (
        <Button size="xs" variant="default" color="red" disabled={ending.has(c.guid)} onClick={() => setAsked([c.guid])}>
          {t('disconnect')}
        </Button>
      ) : null,
    [t, ending],
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
          <BulkBar count={selection.keys.size} progress={null} onClear={selection.clear}>
            <Button color="red" onClick={() => setAsked([...selection.keys])}>
              {t('disconnectMany', { count: selection.keys.size })}
            </Button>
          </BulkBar>
        )}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      {asked === null ? null : <EndSessions guids={asked} onClose={() => setAsked(null)} onDone={selection.clear} />}
    </Page>
  );
}
