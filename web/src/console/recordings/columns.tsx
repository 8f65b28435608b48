import { IconVideo } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { clockText } from '../../ui/clockText';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';
import { FinishAgain } from './FinishAgain';
import { localAddress, nameOf, startOf, type Recording } from './queries';
import { RecordingState } from './RecordingState';
import styles from './recordings.module.css';

export function useRecordingColumns(): Column<Recording>[] {
  const t = useTranslations('recordings');
  const bytes = useBytes();
  return useMemo(
    () => [
      { id: 'poster', header: t('picture'), cell: (r) => <Poster recording={r} /> },
      {
        id: 'title',
        inFile: 'title',
        header: t('name'),
        isFixed: true,
        isMain: true,
        sort: 'title',
        card: 'title',
        cell: (r) => (
          <div className={styles.name}>
            <Link to="/recordings/$id" params={{ id: r.recordId }} className={styles.title ?? ''} title={nameOf(r)}>
              {nameOf(r)}
            </Link>
            {r.title === '' ? null : <span className={`mono ${styles.sub}`}>{r.recordId}</span>}
            {r.status === 'error' ? <Failure recording={r} /> : null}
          </div>
        ),
      },
      { id: 'status', inFile: ['status', 'incomplete', 'reason'], header: t('state'), isFixed: true, sort: 'status', card: 'state', cell: (r) => <RecordingState recording={r} /> },
      { id: 'started', inFile: 'startedAt', header: t('started'), sort: 'started', card: 'line', cell: (r) => <TimeText iso={startOf(r)} /> },
      {
        id: 'duration',
        inFile: 'durationMs',
        header: t('length'),
        sort: 'duration',
        isNumber: true,
        card: 'line',
        cell: (r) => (r.durationMs === undefined ? '' : clockText(r.durationMs / 1000)),
      },
      {
        id: 'device',
        inFile: ['device', 'peer', 'direction'],
        header: t('device'),
        sort: 'device',
        card: 'line',
        cell: (r) =>
          r.device === '' ? null : (
            <Link className="one-line" to="/devices/$id" params={{ id: r.device }}>
              {groupedId(r.device)}
            </Link>
          ),
      },
      { id: 'user', inFile: 'user', header: t('user'), cell: (r) => <span className="cut" title={r.user}>{r.user ?? t('nobody')}</span> },
      { id: 'source', inFile: 'source', header: t('source'), cell: (r) => <span className="one-line">{r.uploaded ? t('upload') : t('stream')}</span> },
      { id: 'size', inFile: ['size', 'sha256'], header: t('size'), sort: 'size', isNumber: true, cell: (r) => <span className="one-line">{bytes(r.size)}</span> },
      { id: 'kept', inFile: ['held', 'keptUntil'], header: t('keptUntil'), cell: (r) => (r.held || r.keptUntil === undefined ? <span className="one-line">{t('always')}</span> : <TimeText iso={r.keptUntil} />) },
    ],
    [t, bytes],
  );
}

/** Why it failed, and what there is to do about it. */
function Failure({ recording }: { recording: Recording }) {
  return (
    <div className={styles.failure}>
      <span className={styles.sub} title={recording.reason}>
        {recording.reason ?? ''}
      </span>
      <FinishAgain recording={recording} size="xs" />
    </div>
  );
}

function Poster({ recording }: { recording: Recording }) {
  if (recording.posterUrl === undefined) {
    return (
      <span className={`${styles.thumb} ${styles.noThumb}`}>
        <IconVideo size={20} stroke={1.5} aria-hidden />
      </span>
    );
  }
  return <img className={styles.thumb} src={localAddress(recording.posterUrl)} alt="" loading="lazy" />;
}
