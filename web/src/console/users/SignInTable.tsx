import { Button } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import { isoOf, type PageOf } from '../../api/lists';
import { Confirm } from '../../ui/Confirm';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import type { User } from './queries';

type Row = {
  guid: string;
  kind: string;
  name: string;
  scopes: string;
  created_at: number;
  expires_at?: number | null;
  last_used_at?: number | null;
  last_address: string;
  device_name: string;
  device_os: string;
  current?: boolean;
};

type Props = { kind: 'sessions' | 'tokens'; user: User };

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => row.guid;

/** A person's sign-ins or API tokens, each with a way to end it. */
export function SignInTable({ kind, user }: Props) {
  const t = useTranslations('users');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const [asked, setAsked] = useState<Row | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['users', kind, user.guid, list.page, list.size],
    queryFn: ({ signal }) =>
      call<PageOf<Row>>('GET', `/api/${kind}${query({ user: user.guid, current: list.page, pageSize: list.size })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const end = useMutation({
    mutationFn: (row: Row) => call('DELETE', `/api/${kind}/${row.guid}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['users', kind] });
      say(t('ended'));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setAsked(null),
  });
  const isTokens = kind === 'tokens';
  const nameOf = useCallback((row: Row) => (isTokens ? row.name : row.device_name) || t('notNamed'), [isTokens, t]);
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: 'name', header: isTokens ? t('tokenName') : t('device'), isMain: true, card: 'title', cell: (r) => <span className="cut" title={nameOf(r)}>{nameOf(r)}</span> },
      isTokens
        ? { id: 'scopes', header: t('scopes'), card: 'line', cell: (r) => <span className="mono cut" title={r.scopes}>{r.scopes}</span> }
        : { id: 'system', header: t('system'), card: 'line', cell: (r) => <span className="cut">{r.device_os}</span> },
      { id: 'address', header: t('address'), cell: (r) => <span className="mono">{r.last_address}</span> },
      { id: 'since', header: t('since'), cell: (r) => <TimeText iso={isoOf(r.created_at)} /> },
      { id: 'used', header: t('lastUsed'), card: 'line', cell: (r) => <TimeText iso={isoOf(r.last_used_at)} /> },
      { id: 'until', header: t('until'), cell: (r) => ((r.expires_at ?? null) === null ? t('forEver') : <TimeText iso={isoOf(r.expires_at)} />) },
    ],
    [t, isTokens, nameOf],
  );
  const actions = useCallback(
    (row: Row) => (
      <Button size="xs" variant="default" disabled={row.current === true} onClick={() => setAsked(row)}>
        {row.current === true ? t('thisOne') : t('end')}
      </Button>
    ),
    [t],
  );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={isTokens ? t('noTokens') : t('noSignIns')} />
      ) : (
        <DataTable label={t(isTokens ? 'tabs.tokens' : 'signIns')} columns={columns} rows={data?.data} keyOf={keyOf} nameOf={nameOf} sort="" onSort={noSort} actions={actions} />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
      <Confirm
        isOpen={asked !== null}
        title={t('endTitle', { name: asked === null ? '' : nameOf(asked) })}
        action={t('end')}
        isBusy={end.isPending}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          if (asked !== null) end.mutate(asked);
        }}
      >
        {isTokens ? t('endTokenText') : t('endSignInText')}
      </Confirm>
    </>
  );
}
