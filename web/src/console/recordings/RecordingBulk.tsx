import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ListRead } from '../../api/lists';
import { useMe } from '../../api/me';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { BulkBar } from '../../ui/BulkBar';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import { useSeen } from '../../ui/DataTable/useSeen';
import type { Selection } from '../../ui/DataTable/useSelection';
import { DeleteRecordings } from './DeleteRecordings';
import { downloadAll } from './downloadAll';
import { HoldRecordings } from './HoldRecordings';
import { questionOf, startRecordingJob, type Recording, type RecordingWork } from './queries';

type Props = { list: ListSearch; selection: Selection; rows: readonly Recording[]; read: ListRead };

/** What can be done with the selected recordings; the server goes on with it when nobody looks. */
export function RecordingBulk({ list, selection, rows, read }: Props) {
  const t = useTranslations('recordings');
  const me = useMe();
  const begin = useStartJob();
  const [asked, setAsked] = useState<RecordingWork | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { total, asOf } = useSeen(selection.isAll, read);
  const count = selection.isAll ? total : selection.keys.size;
  const start = async (action: RecordingWork, reason: string) => {
    const which = selection.isAll
      ? { query: questionOf(list), expected: total, as_of: asOf }
      : { guids: [...selection.keys] };
    setBusy(true);
    await begin(startRecordingJob({ action, reason, ...which }), selection.clear);
    setBusy(false);
    setAsked(null);
  };
  const hasFile = !selection.isAll && rows.some((recording) => recording.downloadUrl !== undefined);
  return (
    <BulkBar
      count={count}
      progress={null}
      onClear={selection.clear}
      // Others may change less than they see: what they choose they choose one by one.
      {...(me.is_admin ? { whole: { selection, shown: read.shown, total: read.total } } : {})}
    >
      {me.is_admin ? (
        <>
          <Button variant="default" onClick={() => setAsked('hold')}>
            {t('hold')}
          </Button>
          <Button variant="default" onClick={() => setAsked('release')}>
            {t('release')}
          </Button>
        </>
      ) : null}
      {selection.isAll ? null : (
        <Button variant="default" disabled={!hasFile} onClick={() => void downloadAll(rows)}>
          {t('download')}
        </Button>
      )}
      <Button variant="default" color="red" onClick={() => setAsked('delete')}>
        {t('delete')}
      </Button>
      {asked === 'hold' || asked === 'release' ? (
        <HoldRecordings
          held={asked === 'hold'}
          count={count}
          isBusy={isBusy}
          onCancel={() => setAsked(null)}
          onConfirm={(reason) => void start(asked, reason)}
        />
      ) : null}
      <DeleteRecordings
        isOpen={asked === 'delete'}
        count={count}
        isBusy={isBusy}
        onCancel={() => setAsked(null)}
        onDelete={(reason) => void start('delete', reason)}
      />
    </BulkBar>
  );
}
