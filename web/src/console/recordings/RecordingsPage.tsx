import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { BulkBar } from '../../ui/BulkBar';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { complain, say } from '../../ui/toast';
import { useBulk } from '../../ui/useBulk';
import { useRecordingColumns } from './columns';
import { DeleteRecordings } from './DeleteRecordings';
import { downloadAll } from './downloadAll';
import { HoldRecordings } from './HoldRecordings';
import { deleteRecording, filterKeys, nameOf, recordingsFile, recordingsQuery, type Recording } from './queries';
import { useHolding } from './useHolding';
import { useRecordingFilters } from './useRecordingFilters';

const keyOf = (recording: Recording) => recording.recordId;

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
  const [held, setHeld] = useState<boolean | null>(null);
  const { run, progress } = useBulk();
  const holding = useHolding();
  const columns = useRecordingColumns();
  const filters = useRecordingFilters();
  const each = async (work: (id: string) => Promise<unknown>) => {
    const result = await run([...selection.keys], work);
    await client.invalidateQueries({ queryKey: ['recordings'] });
    selection.clear();
    setDeleting(false);
    if (result.failed > 0) complain(l('failedSome', { failed: result.failed, reason: result.reason }));
    if (result.done > 0) say(l('doneSome', { done: result.done }));
  };
  const isBusy = progress !== null || holding.progress !== null;
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
        file={recordingsFile(list)}
        selection={me.is_admin ? selection : undefined}
        bulk={(rows) => (
          <BulkBar count={selection.keys.size} progress={progress ?? holding.progress} onClear={selection.clear}>
            <Button variant="default" disabled={isBusy} onClick={() => setHeld(true)}>
              {t('hold')}
            </Button>
            <Button variant="default" disabled={isBusy} onClick={() => setHeld(false)}>
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
      {held === null ? null : (
        <HoldRecordings
          held={held}
          count={selection.keys.size}
          isBusy={isBusy}
          onCancel={() => setHeld(null)}
          onConfirm={(reason) =>
            void holding.set([...selection.keys], held, reason).then(() => {
              selection.clear();
              setHeld(null);
            })
          }
        />
      )}
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
