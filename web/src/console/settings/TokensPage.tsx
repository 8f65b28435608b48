import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Confirm } from '../../ui/Confirm';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { MakeToken } from './MakeToken';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';
import { endToken, scopesOf, tokensQuery, type Token } from './tokens';

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** What scripts sign in with. */
export function TokensPage() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(tokensQuery(list));
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<Token | null>(null);
  const end = useMutation({
    mutationFn: endToken,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['tokens'] });
      say(t('token.ended', { name: doomed?.name ?? '' }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const columns = useMemo<Column<Token>[]>(
    () => [
      {
        id: 'name',
        header: t('token.name'),
        card: 'title',
        cell: (k) => (
          <>
            <span className={styles.name}>{k.name}</span>
            <span className={styles.sub}>{t('token.by', { name: k.created_by })}</span>
          </>
        ),
      },
      { id: 'scopes', header: t('token.scopes'), card: 'line', cell: (k) => <ScopeWords scopes={k.scopes} /> },
      { id: 'expires', header: t('token.expires'), card: 'line', cell: (k) => (k.expires_at === null ? t('token.neverExpires') : <TimeText iso={isoOf(k.expires_at)} />) },
      { id: 'from', header: t('token.from'), cell: (k) => (k.allowed_from === '' ? t('token.anywhere') : <span className="mono">{k.allowed_from}</span>) },
      {
        id: 'used',
        header: t('token.used'),
        card: 'line',
        cell: (k) => (
          <>
            <TimeText iso={isoOf(k.last_used_at)} />
            <span className={styles.sub}>{k.last_address}</span>
          </>
        ),
      },
    ],
    [t],
  );
  return (
    <SettingsPage
      page="tokens"
      lead={t('tokensLead')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
          {t('token.make')}
        </Button>
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? (
        <Empty title={t('token.none')} text={t('token.noneText')} />
      ) : (
        <DataTable
          label={t('pages.tokens')}
          columns={columns}
          rows={data?.data}
          keyOf={(k) => k.guid}
          nameOf={(k) => k.name}
          sort=""
          onSort={noSort}
          actions={(k) => (
            <Button size="xs" variant="default" color="red" aria-label={t('token.endOf', { name: k.name })} onClick={() => setDoomed(k)}>
              {t('token.end')}
            </Button>
          )}
        />
      )}
      <Pager list={list} total={data?.total} onChange={change} />
      {isMaking ? <MakeToken onClose={() => setMaking(false)} /> : null}
      <Confirm
        isOpen={doomed !== null}
        title={t('token.endTitle', { name: doomed?.name ?? '' })}
        action={t('token.end')}
        isBusy={end.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => end.mutate(doomed?.guid ?? '')}
      >
        {t('token.endText')}
      </Confirm>
    </SettingsPage>
  );
}

function ScopeWords({ scopes }: { scopes: string }) {
  const t = useTranslations('settings');
  const words = scopesOf(scopes).map(({ area, name, level }) =>
    t(level === 'rw' ? 'token.readWrite' : 'token.readOnly', { area: area === undefined ? name : t(`areas.${area}`) }),
  );
  return <span>{words.join(', ')}</span>;
}
