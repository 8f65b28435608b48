import { ActionIcon, Button, Menu, UnstyledButton } from '@mantine/core';
import { IconBan, IconCircleCheck, IconDots, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { Pager } from '../../ui/DataTable/Pager';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import styles from './access.module.css';
import { AccessTabs } from './AccessTabs';
import { DryRun } from './DryRun';
import { PolicyCard } from './PolicyCard';
import { addRule, changeRule, deleteRule, draftOf, rulesQuery, type Rule } from './queries';
import { RuleForm } from './RuleForm';
import { useEndText } from './useEndText';
import { useHoursText } from './useHoursText';

const noFilters: readonly string[] = [];
const noSort = () => undefined;

/** Who may reach what. */
export function AccessPage() {
  const t = useTranslations('access');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const end = useEndText();
  const hours = useHoursText();
  const { list, change } = useListSearch('', noFilters);
  const { data, error, refetch } = useQuery(rulesQuery(list));
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Rule | null>(null);
  const mayEdit = can(me, 'access.edit');
  const refresh = () => client.invalidateQueries({ queryKey: ['rule'] });
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: refresh,
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const title = (rule: Rule) =>
    rule.name === '' ? t('ruleWords', { who: end.subject(rule.subject), what: end.target(rule.target) }) : rule.name;
  const remove = (rule: Rule) =>
    work.mutate(async () => {
      await deleteRule(rule.guid);
      sayWithUndo(t('deleted', { name: title(rule) }), c('undo'), () => work.mutate(() => addRule(draftOf(rule))));
    });
  const columns = useMemo<Column<Rule>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        card: 'title',
        cell: (r) =>
          mayEdit ? (
            <UnstyledButton className={styles.link ?? ''} onClick={() => setEdited(r)}>
              {r.name === '' ? t('unnamed') : r.name}
            </UnstyledButton>
          ) : (
            r.name || t('unnamed')
          ),
      },
      {
        id: 'state',
        header: t('state'),
        card: 'state',
        cell: (r) =>
          r.enabled ? (
            <Status tone="ok" icon={IconCircleCheck} word={t('on')} />
          ) : (
            <Status tone="neutral" icon={IconBan} word={t('off')} />
          ),
      },
      { id: 'who', header: t('who'), card: 'line', cell: (r) => end.subject(r.subject) },
      { id: 'what', header: t('what'), card: 'line', cell: (r) => end.target(r.target) },
      { id: 'when', header: t('when'), cell: (r) => hours(r.schedule) },
      { id: 'role', header: t('role'), cell: (r) => r.control_role || t('ownRole') },
    ],
    [t, end, hours, mayEdit],
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
      {data?.total === 0 ? (
        <Empty title={t('empty')} text={t('emptyText')} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.data}
          keyOf={(r) => r.guid}
          nameOf={title}
          sort=""
          onSort={noSort}
          {...(mayEdit
            ? {
                actions: (r: Rule) => (
                  <Menu position="bottom-end" shadow="md">
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('actionsOf', { name: title(r) })}>
                        <IconDots size={18} aria-hidden />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => setEdited(r)}>{t('edit')}</Menu.Item>
                      <Menu.Item onClick={() => work.mutate(() => changeRule(r.guid, { enabled: !r.enabled }))}>
                        {r.enabled ? t('disable') : t('enable')}
                      </Menu.Item>
                      <Menu.Divider />
                      <Menu.Item color="red" onClick={() => setDoomed(r)}>
                        {t('delete')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                ),
              }
            : {})}
        />
      )}
      {(data?.total ?? 0) > 0 ? <Pager list={list} total={data?.total ?? 0} onChange={change} /> : null}
      {edited === null ? null : <RuleForm rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      <DeleteRule rule={doomed} title={doomed === null ? '' : title(doomed)} isBusy={work.isPending} onCancel={() => setDoomed(null)} onConfirm={remove} />
    </Page>
  );
}

type DeleteProps = {
  rule: Rule | null;
  title: string;
  isBusy: boolean;
  onCancel: () => void;
  onConfirm: (rule: Rule) => void;
};

function DeleteRule({ rule, title, isBusy, onCancel, onConfirm }: DeleteProps) {
  const t = useTranslations('access');
  const change = useMemo(() => (rule === null ? null : { delete: [rule.guid] }), [rule]);
  return (
    <Confirm
      isOpen={rule !== null}
      title={t('deleteTitle', { name: title })}
      action={t('delete')}
      isBusy={isBusy}
      onCancel={onCancel}
      onConfirm={() => {
        if (rule !== null) onConfirm(rule);
      }}
    >
      <DryRun change={change} />
    </Confirm>
  );
}
