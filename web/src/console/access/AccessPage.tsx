import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { DataTable } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { AccessTabs } from './AccessTabs';
import { isRule, useRuleColumns, type Row } from './columns';
import { PolicyCard } from './PolicyCard';
import { addRule, changeRule, deleteRule, draftOf, rulesQuery, sourcesQuery, type Rule } from './queries';
import { RuleChange } from './RuleChange';
import { RuleForm } from './RuleForm';
import { RuleMenu } from './RuleMenu';
import { useRuleTitle } from './useEndText';

const noFilters: readonly string[] = [];
const noSort = () => undefined;
const keyOf = (row: Row) => (isRule(row) ? row.guid : row.source);

/** Who may reach what. */
export function AccessPage() {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(rulesQuery(list));
  const { data: sources } = useQuery(sourcesQuery);
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Rule | null>(null);
  const [turned, setTurned] = useState<Rule | null>(null);
  const mayEdit = can(me, 'access.edit');
  const refresh = () => client.invalidateQueries({ queryKey: ['rule'] });
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: refresh,
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => {
      setDoomed(null);
      setTurned(null);
    },
  });
  const title = useRuleTitle();
  const nameOf = (row: Row) => (isRule(row) ? title(row) : t(`sources.${row.source}`));
  const remove = (rule: Rule) =>
    work.mutate(async () => {
      await deleteRule(rule.guid);
      sayWithUndo(t('deleted', { name: title(rule) }), c('undo'), () => work.mutate(() => addRule(draftOf(rule))));
    });
  const columns = useRuleColumns(mayEdit ? setEdited : null);
  const rows = useMemo<Row[] | undefined>(
    () => (data === undefined ? undefined : [...(list.page === 1 ? (sources?.sources ?? []) : []), ...data.data]),
    [data, list.page, sources],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      lead={t('lead')}
      actions={
        mayEdit ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('add')}
          </Button>
        ) : undefined
      }
    >
      <AccessTabs now="rules" />
      <PolicyCard mayEdit={mayEdit} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.total === 0 ? <Empty title={t('empty')} text={t('emptyText')} /> : null}
      {rows?.length === 0 ? null : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          nameOf={nameOf}
          sort=""
          onSort={noSort}
          {...(mayEdit
            ? {
                actions: (r: Row) =>
                  isRule(r) ? (
                    <RuleMenu rule={r} name={title(r)} onEdit={setEdited} onTurn={setTurned} onDelete={setDoomed} />
                  ) : null,
              }
            : {})}
        />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
      {edited === null ? null : <RuleForm rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      <RuleChange
        key={`delete ${doomed?.guid ?? ''}`}
        rule={doomed}
        kind="delete"
        isBusy={work.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={remove}
      />
      <RuleChange
        key={`turn ${turned?.guid ?? ''}`}
        rule={turned}
        kind={turned?.enabled === true ? 'disable' : 'enable'}
        isBusy={work.isPending}
        onCancel={() => setTurned(null)}
        onConfirm={(rule) => work.mutate(() => changeRule(rule.guid, { enabled: !rule.enabled }))}
      />
    </Page>
  );
}
