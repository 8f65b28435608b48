import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { IconBan, IconCircleCheck, IconDots, IconPlus, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { DataTable, type Column } from '../../ui/DataTable/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { addStrategy, changeStrategy, deleteStrategy, strategiesQuery, type Strategy } from './queries';
import { StrategyForm } from './StrategyForm';
import styles from './strategies.module.css';

const sorts: Record<string, (a: Strategy, b: Strategy) => number> = {
  name: (a, b) => a.name.localeCompare(b.name),
  modified: (a, b) => a.modified_at - b.modified_at,
};
const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** All strategies: client settings that are pushed to devices. */
export function StrategiesPage() {
  const t = useTranslations('strategies');
  const l = useTranslations('list');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const [q, sort] = [text(search.q), text(search.sort) || 'name'];
  const { data, error, refetch } = useQuery(strategiesQuery);
  const [isAdding, setAdding] = useState(false);
  const [doomed, setDoomed] = useState<Strategy | null>(null);
  const mayEdit = can(me, 'strategies.edit');
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: () => client.invalidateQueries({ queryKey: ['strategy'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  const toggle = (s: Strategy) =>
    work.mutate(async () => {
      await changeStrategy(s.guid, { enabled: !s.enabled });
      const back = () => work.mutate(() => changeStrategy(s.guid, { enabled: s.enabled }));
      sayWithUndo(t(s.enabled ? 'disabledNow' : 'enabledNow', { name: s.name }), c('undo'), back);
    });
  const copy = (s: Strategy) =>
    work.mutate(() =>
      addStrategy({ name: t('copyOf', { name: s.name }), note: s.note, config_options: s.config_options, stop_confirmed: true }),
    );
  const rows = useMemo(() => {
    const wanted = q.toLowerCase();
    const found = data?.filter((s) => s.name.toLowerCase().includes(wanted) || s.note.toLowerCase().includes(wanted));
    const order = sorts[sort.replace('-', '')] ?? sorts.name;
    const sorted = found?.sort(order);
    return sort.startsWith('-') ? sorted?.reverse() : sorted;
  }, [data, q, sort]);
  const go = (change: Record<string, string>) =>
    void navigate({
      to: '.',
      search: Object.fromEntries(Object.entries({ ...search, ...change }).filter(([, v]) => v !== '')),
      replace: true,
    });
  const columns = useMemo<Column<Strategy>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        sort: 'name',
        card: 'title',
        cell: (s) => (
          <Link to="/strategies/$guid" params={{ guid: s.guid }}>
            {s.name}
          </Link>
        ),
      },
      {
        id: 'state',
        header: t('state'),
        card: 'state',
        cell: (s) =>
          s.enabled ? (
            <Status tone="ok" icon={IconCircleCheck} word={t('enabled')} />
          ) : (
            <Status tone="neutral" icon={IconBan} word={t('disabled')} title={t('disabledHelp')} />
          ),
      },
      { id: 'options', header: t('options'), isNumber: true, cell: (s) => Object.keys(s.config_options).length },
      {
        id: 'targets',
        header: t('givenTo'),
        card: 'line',
        cell: (s) => t('targetCounts', { devices: s.device_count, users: s.user_count, groups: s.device_group_count }),
      },
      { id: 'note', header: t('note'), cell: (s) => <span className="cut" title={s.note}>{s.note}</span> },
      { id: 'modified', header: t('modified'), sort: 'modified', cell: (s) => <TimeText iso={isoOf(s.modified_at)} /> },
    ],
    [t],
  );
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      lead={t('lead')}
      actions={
        mayEdit ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        ) : undefined
      }
    >
      {(data?.length ?? 0) > 0 ? (
        <div className={styles.bar} role="search">
          <TextInput
            className={styles.box ?? ''}
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={q}
            onChange={(e) => go({ q: e.currentTarget.value })}
          />
        </div>
      ) : null}
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Empty title={t('empty')} text={t('emptyText')} /> : null}
      {data !== undefined && data.length > 0 && rows?.length === 0 ? <Empty title={l('nothing')} text={l('nothingText')} /> : null}
      {rows?.length === 0 ? null : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          keyOf={(s) => s.guid}
          nameOf={(s) => s.name}
          sort={sort}
          onSort={(word) => go({ sort: word === 'name' ? '' : word })}
          {...(mayEdit
            ? {
                actions: (s: Strategy) => (
                  <Menu position="bottom-end" shadow="md">
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('actionsOf', { name: s.name })}>
                        <IconDots size={18} aria-hidden />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => toggle(s)}>{s.enabled ? t('disable') : t('enable')}</Menu.Item>
                      <Menu.Item onClick={() => copy(s)}>{t('copy')}</Menu.Item>
                      <Menu.Divider />
                      <Menu.Item color="red" onClick={() => setDoomed(s)}>
                        {t('delete')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                ),
              }
            : {})}
        />
      )}
      {isAdding ? <StrategyForm strategy={null} onClose={() => setAdding(false)} /> : null}
      <Confirm
        isOpen={doomed !== null}
        title={t('deleteTitle', { name: doomed?.name ?? '' })}
        action={t('delete')}
        isBusy={work.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => work.mutate(() => deleteStrategy(doomed?.guid ?? ''))}
      >
        {t('deleteText')}
      </Confirm>
    </Page>
  );
}
