import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Empty } from '../../ui/Empty';
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
import { ruleFilterKeys, useRuleFilters } from './ruleFilters';
import { RuleMenu } from './RuleMenu';
import { useRuleTitle } from './useEndText';

const keyOf = (row: Row) => (isRule(row) ? row.guid : row.source);

/** Who may reach what. */
export function AccessPage() {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { list, change } = useListSearch('', ruleFilterKeys);
  const read = useQuery(rulesQuery(list));
  const { data: sources, isPending } = useQuery(sourcesQuery);
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
  const filters = useRuleFilters();
  // What opens devices without a rule stands above all rules, and in no narrower list.
  const isWhole = list.q === '' && Object.keys(list.filters).length === 0;
  const { data } = read;
  const page = useMemo<{ total: number; data: Row[] } | undefined>(
    () =>
      // Both at once: what comes later waits to be asked for.
      data === undefined || isPending
        ? undefined
        : { total: data.total, data: [...(list.page === 1 && isWhole ? (sources?.sources ?? []) : []), ...data.data] },
    [data, isPending, list.page, isWhole, sources],
  );
  const actions = useCallback(
    (r: Row) =>
      isRule(r) ? <RuleMenu rule={r} name={title(r)} onEdit={setEdited} onTurn={setTurned} onDelete={setDoomed} /> : null,
    [title],
  );
  const edit = (r: Row) => {
    if (isRule(r)) setEdited(r);
  };
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
      {data?.total === 0 && isWhole ? <Empty title={t('empty')} text={t('emptyText')} /> : null}
      <ListView
        page="access-rules"
        label={t('title')}
        list={list}
        onChange={change}
        read={{ ...read, data: page }}
        ask={rulesQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        filters={filters}
        file={csvAddress('/api/access/rules', list)}
        actions={mayEdit ? actions : undefined}
        keys={mayEdit ? { e: { text: t('edit'), work: edit } } : {}}
        empty={null}
      />
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
