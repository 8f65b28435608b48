import { Button, Group, Menu } from '@mantine/core';
import { IconLayoutGrid, IconPlugConnectedX } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { useMe } from '../../api/me';
import { readConnections, type Connection } from '../../api/sessions';
import { deviceOf, keyOfConnection, useConnectionColumns } from '../../entities/ConnectionTable';
import { useEnding } from '../../entities/ending';
import { EndSessions } from '../../entities/EndSessions';
import { liveKeys, manyConnectionKeys, useConnectionFilters } from '../../entities/useConnectionFilters';
import { BulkBar } from '../../ui/BulkBar';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch, type ListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { RowAction } from '../../ui/RowAction';
import { RowMenu } from '../../ui/RowMenu';
import { NoteForm } from './NoteForm';
import { Wallboard } from './Wallboard';

const sessionsQuery = (list: ListSearch) =>
  queryOptions({
    queryKey: ['sessions', 'open', list.question],
    queryFn: ({ signal }) =>
      readConnections({ ...list.asks, open: 1, q: list.q, current: list.page, pageSize: list.size }, signal),
  });

/** Who is on what, now. */
export function SessionsPage() {
  const t = useTranslations('sessions');
  const me = useMe();
  const { list, change } = useListSearch('', liveKeys, manyConnectionKeys);
  const read = useQuery({ ...sessionsQuery(list), refetchInterval: 15_000 });
  const columns = useConnectionColumns({ isLive: true });
  const selection = useSelection(list.question);
  const filters = useConnectionFilters(liveKeys);
  const [noted, setNoted] = useState<Connection | null>(null);
  const [asked, setAsked] = useState<readonly string[] | null>(null);
  const ending = useEnding();
  const actions = useCallback(
    (c: Connection) =>
      c.end_time === null ? (
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {ending.has(c.guid) ? null : (
            <RowAction label={t('disconnect')} icon={<IconPlugConnectedX size={18} aria-hidden />} onPress={() => setAsked([c.guid])} />
          )}
          {c.user_guid === me.guid ? (
            <RowMenu label={t('actionsOf', { name: deviceOf(c) })}>
              <Menu.Item onClick={() => setNoted(c)}>{t('note')}</Menu.Item>
            </RowMenu>
          ) : null}
        </Group>
      ) : null,
    [t, ending, me.guid],
  );
  const { board }: Record<string, unknown> = useSearch({ strict: false });
  if (board === '1') {
    return (
      <Wallboard
        suffix={me.server_name}
        rows={read.data?.data}
        total={read.data?.total ?? 0}
        error={read.error}
        onRetry={() => void read.refetch()}
        onLeave={() => change({ board: undefined })}
      />
    );
  }
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      actions={
        <Button variant="default" visibleFrom="sm" leftSection={<IconLayoutGrid size={16} aria-hidden />} onClick={() => change({ board: '1' })}>
          {t('wallboard')}
        </Button>
      }
    >
      <ListView
        page="sessions"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={sessionsQuery}
        columns={columns}
        keyOf={keyOfConnection}
        nameOf={deviceOf}
        placeholder={t('search')}
        filters={filters}
        file={csvAddress('/api/audits/conn', list, { open: '1' })}
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
      {noted === null ? null : <NoteForm session={noted} onClose={() => setNoted(null)} />}
    </Page>
  );
}
