import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { startDeviceJob, type DeviceBulk } from '../../api/jobs';
import { query } from '../../api/client';
import type { ListRead } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { useStartJob } from '../../entities/jobs/useStartJob';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import type { Selection } from '../../ui/DataTable/useSelection';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';
import { assign, deleteDevice, setEnabled, type Assignment } from './queries';

export type Work = Pick<DeviceBulk, 'action' | 'type' | 'value' | 'reason'>;

/** Does one thing to what is selected: a job of the server, or one call for each device for who has none. */
export function useDeviceBulk(list: ListSearch, selection: Selection, { total, asOf }: ListRead) {
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const begin = useStartJob();
  const { run, progress } = useBulk();
  const start = async (work: Work) => {
    const which = selection.isAll
      ? { query: query({ q: list.q, ...list.asks }).slice(1), expected: total, as_of: asOf }
      : { guids: [...selection.keys] };
    await begin(startDeviceJob({ ...work, ...which }), selection.clear);
  };
  const each = async (work: Work) => {
    const result = await run([...selection.keys], (guid) => one(guid, work));
    await client.invalidateQueries({ queryKey: ['devices'] });
    selection.clear();
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const hasJobs = can(me, 'jobs.view');
  return { start: hasJobs ? start : each, progress, canTakeAll: hasJobs };
}

function one(guid: string, { action, type, value }: Work): Promise<unknown> {
  if (action === 'delete') return deleteDevice(guid);
  if (action === 'assign') return assign(guid, type as Assignment, value ?? '');
  return setEnabled(guid, action === 'enable');
}
