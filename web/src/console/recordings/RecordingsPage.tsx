import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import type { Filter } from '../../ui/DataTable/filters';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { useWhenFilter } from '../../ui/DataTable/useWhenFilter';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';
import { useRecordingColumns } from './columns';
import { DeleteRecordings } from './DeleteRecordings';
import { downloadAll } from './downloadAll';
import { changeRecording, deleteRecording, deviceGroupsQuery, filterKeys, nameOf, recordingsQuery, type Recording } from './queries';

const keyOf = (recording: Recording) => recording.recordId;
const codecs = ['vp8', 'vp9', 'av1', 'h264', 'h265'];

/** What was recorded, newest first. */
export function RecordingsPage() {
  const t = useTranslations('recordings');
  const l = useTranslations('list');
  const me = useMe();
  const client = useQueryClient();
  const { list, change } = useListSearch('-created', filterKeys);
  const read = useQuery(recordingsQuery(list));
  const selection = useSelection(list.question);
  const [isDeleting, setDeleting] = useState(false);
  const { run, progress } = useBulk();
  const columns = useRecordingColumns();
  const when = useWhenFilter();
  const { data: groups } = useQuery({ ...deviceGroupsQuery, enabled: can(me, 'groups.view') });
  const filters = useMemo<Filter[]>(
    () => [
      when,
      { key: 'group', label: t('group'), options: (groups ?? []).map(({ guid, name }) => ({ value: guid, label: name })) },
      { key: 'operator', label: t('user'), options: [], isText: true },
      { key: 'events', label: t('hasEvents'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'direction', label: t('direction'), options: [{ value: 'incoming', label: t('directions.incoming') }, { value: 'outgoing', label: t('directions.outgoing') }] },
      {
        key: 'status',
        label: t('state'),
        options: [
          { value: 'recording', label: t('receiving') },
          { value: 'processing', label: t('beingFinished') },
          { value: 'ready', label: t('ready') },
          { value: 'error', label: t('failed') },
        ],
      },
      { key: 'source', label: t('source'), options: [{ value: 'stream', label: t('stream') }, { value: 'upload', label: t('upload') }] },
      { key: 'longer', label: t('longer'), options: [60, 600, 3600].map((s) => ({ value: String(s), label: t('minutes', { count: s / 60 }) })) },
      { key: 'held', label: t('onHold'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'incomplete', label: t('incomplete'), options: [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] },
      { key: 'codec', label: t('codec'), options: codecs.map((value) => ({ value, label: value.toUpperCase() })) },
    ],
    [t, when, groups],
  );
  const each = async (work: (id: string) => Promise<unknown>) => {
    const result = await run([...selection.keys], work);
    await client.invalidateQueries({ queryKey: ['recordings'] });
    selection.clear();
    setDeleting(false);
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const isBusy = progress !== null;
  return (
    <Page title={t('title')} suffix={me.server_name} lead={t('lead')}>
      <ListView
        page="recordings"
        label={t('title')}
        list={list}
        onChange={change}
        read={read}
        ask={recordingsQuery}
        columns={columns}
        keyOf={keyOf}
        nameOf={nameOf}
        placeholder={t('search')}
        filters={filters}
        selection={me.is_admin ? selection : undefined}
        bulk={(rows) => (
          <BulkBar count={selection.keys.size} progress={progress} onClear={selection.clear}>
            <Button variant="default" disabled={isBusy} onClick={() => void each((id) => changeRecording(id, { held: true }))}>
              {t('hold')}
            </Button>
            <Button variant="default" disabled={isBusy} onClick={() => void each((id) => changeRecording(id, { held: false }))}>
              {t('release')}
            </Button>
            <Button variant="default" disabled={isBusy || !rows.some((r) => r.downloadUrl !== undefined)} onClick={() => void downloadAll(rows)}>
              {t('download')}
            </Button>
            <Button variant="default" color="red" disabled={isBusy} onClick={() => setDeleting(true)}>
              {t('delete')}
            </Button>
          </BulkBar>
        )}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
      <DeleteRecordings
        isOpen={isDeleting}
        count={selection.keys.size}
        isBusy={isBusy}
        onCancel={() => setDeleting(false)}
        onDelete={(reason) => void each((id) => deleteRecording(id, reason))}
      />
    </Page>
  );
}
