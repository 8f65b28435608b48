import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { csvAddress, isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { Facts } from '../../ui/Card';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { AlarmActions } from './AlarmActions';
import { AlarmForm, type AlarmWork } from './AlarmForms';
import { AlarmTabs } from './AlarmTabs';
import { useAlarmColumns } from './columns';
import { alarmsQuery, changeAlarms, filterKeys, type Alarm, type AlarmState } from './queries';
import { alarmKinds, useAlarmName } from '../../entities/useAlarmName';

const keyOf = (row: Alarm) => row.guid;
const words: readonly AlarmState[] = ['new', 'seen', 'resolved'];

/** What devices and the server warn of, and what became of it. */
export function AlarmsPage() {
  const t = useTranslations('alarms');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const typeName = useAlarmName();
  const { list, change } = useListSearch('', filterKeys);
  const read = useQuery(alarmsQuery(list));
  const selection = useSelection(list.question);
  const [asked, setAsked] = useState<{ alarm: Alarm; work: AlarmWork } | null>(null);
  const columns = useAlarmColumns();
  const filters = useMemo<Filter[]>(
    () => [
      { key: 'state', label: t('state'), options: words.map((value) => ({ value, label: t(`states.${value}`) })) },
      { key: 'each', label: t('repeats'), options: [{ value: '1', label: t('each') }] },
      { key: 'typ', label: t('what'), options: alarmKinds.map((kind) => ({ value: String(kind), label: typeName(kind) })) },
    ],
    [t, typeName],
  );
  const total = read.data?.total ?? 0;
  const set = useMutation({
    mutationFn: (state: AlarmState) => changeAlarms(state, selection.isAll ? null : [...selection.keys], list),
    onSuccess: async ({ changed }) => {
      await client.invalidateQueries({ queryKey: ['alarms'] });
      selection.clear();
      say(t('changed', { count: changed }));
    },
    onError: (problem) => complain(textOf(problem)),
  });
  return (
    <Page title={t('title')} suffix={me.server_name}>
      <AlarmTabs now="inbox" />
      <ListView
        page="alarms"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={alarmsQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={(a) => typeName(a.typ)}
        placeholder={t('search')}
        filters={filters}
        file={csvAddress('/api/audits/alarm', { ...list, q: '' }, { device: list.q })}
        selection={selection}
        bulk={(rows) => (
          <BulkBar
            count={selection.isAll ? total : selection.keys.size}
            progress={null}
            onClear={selection.clear}
            whole={{ selection, shown: Math.max(rows.length, 1), total }}
          >
            <Button variant="default" disabled={set.isPending} onClick={() => set.mutate('seen')}>
              {t('see')}
            </Button>
            <Button variant="default" disabled={set.isPending} onClick={() => set.mutate('resolved')}>
              {t('resolve')}
            </Button>
          </BulkBar>
        )}
        actions={(alarm) => <AlarmActions alarm={alarm} onAsk={(work) => setAsked({ alarm, work })} />}
        peekMore={(a) => (
          <Facts
            items={[
              [t('handled'), a.handled_by === '' ? t('nobody') : <>{a.handled_by} <TimeText iso={isoOf(a.handled_at)} /></>],
              [t('note'), a.note],
            ]}
          />
        )}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      {asked === null ? null : <AlarmForm key={asked.alarm.guid} {...asked} onClose={() => setAsked(null)} />}
    </Page>
  );
}
