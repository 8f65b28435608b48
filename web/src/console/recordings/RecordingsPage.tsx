import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { readOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { ListView } from '../../ui/DataTable/ListView';
import { useListSearch } from '../../ui/DataTable/listSearch';
import { useSelection } from '../../ui/DataTable/useSelection';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';
import { useRecordingColumns } from './columns';
import { filterKeys, manyKeys, nameOf, recordingsFile, recordingsQuery, type Recording } from './queries';
import { RecordingBulk } from './RecordingBulk';
import { useRecordingFilters } from './useRecordingFilters';

const keyOf = (recording: Recording) => recording.guid;

/** What was recorded, newest first. */
export function RecordingsPage() {
  const t = useTranslations('recordings');
  const me = useMe();
  const { list, change } = useListSearch('-created', filterKeys, manyKeys);
  const read = useQuery(recordingsQuery(list));
  const selection = useSelection(list.question);
  const columns = useRecordingColumns();
  const filters = useRecordingFilters(list);
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
        selection={can(me, 'recordings.edit') ? selection : undefined}
        bulk={(rows) => <RecordingBulk list={list} selection={selection} rows={rows} read={readOf(read.data)} />}
        empty={<Empty title={t('empty')} text={t('emptyText')} />}
      />
    </Page>
  );
}
