import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { IconArrowsDiff, IconDots, IconPlus, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { DataTable } from '../../ui/DataTable/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { addStrategy, changeStrategy, deleteStrategy, deliveryQuery, strategiesQuery, type Strategy } from './queries';
import { useStrategyColumns } from './columns';
import { CompareStrategies } from './CompareStrategies';
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
  const [form, setForm] = useState<Strategy | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Strategy | null>(null);
  const [trap, setTrap] = useState<Strategy | null>(null);
  const [isComparing, setComparing] = useState(false);
  const delivery = useQuery(deliveryQuery);
  const governs = (s: Strategy | null) => delivery.data?.find((d) => d.guid === s?.guid)?.governs ?? 0;
  const mayEdit = can(me, 'strategies.edit');
  const work = useMutation({
    mutationFn: (what: () => Promise<unknown>) => what(),
    onSuccess: () => client.invalidateQueries({ queryKey: ['strategy'] }),
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => {
      setDoomed(null);
      setTrap(null);
    },
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
  const columns = useStrategyColumns();
  return (
    <Page
      title={t('title')}
      suffix={me.server_name}
      lead={t('lead')}
      actions={
        <>
          {(data?.length ?? 0) > 1 ? (
            <Button variant="default" leftSection={<IconArrowsDiff size={16} aria-hidden />} onClick={() => setComparing(true)}>
              {t('compare')}
            </Button>
          ) : null}
          {mayEdit ? (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setForm('new')}>
              {t('add')}
            </Button>
          ) : null}
        </>
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
                      <Menu.Item onClick={() => (s.enabled ? setTrap(s) : toggle(s))}>{s.enabled ? t('disable') : t('enable')}</Menu.Item>
                      <Menu.Item onClick={() => setForm(s)}>{t('rename')}</Menu.Item>
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
      {isComparing && data !== undefined ? <CompareStrategies strategies={data} onClose={() => setComparing(false)} /> : null}
      <Confirm
        isOpen={trap !== null}
        title={t('disableTitle', { name: trap?.name ?? '' })}
        action={t('disable')}
        isBusy={work.isPending}
        onCancel={() => setTrap(null)}
        onConfirm={() => trap !== null && toggle(trap)}
      >
        {t('disableTrap', { count: governs(trap) })}
      </Confirm>
      {form === null ? null : <StrategyForm strategy={form === 'new' ? null : form} onClose={() => setForm(null)} />}
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
