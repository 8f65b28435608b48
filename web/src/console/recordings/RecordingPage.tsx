import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { secondsOf } from '../../ui/clockText';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useBytes } from '../../ui/useBytes';
import { LivePlayer } from './LivePlayer';
import { Player } from './Player';
import { PlayerEvents } from './PlayerEvents';
import { eventsQuery, nameOf, recordingQuery, type Happening, type Recording } from './queries';
import { RecordingActions } from './RecordingActions';
import { RecordingFacts } from './RecordingFacts';
import { RecordingState } from './RecordingState';
import { RecordingText } from './RecordingText';
import styles from './recordings.module.css';
import { Views } from './Views';

const none: readonly Happening[] = [];

/** One recording: to watch, and what is known of it. */
export function RecordingPage() {
  const t = useTranslations('recordings');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(recordingQuery(id));
  if (error !== null) {
    return (
      <Page title={t('one')}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
        <Link to="/recordings">{t('toList')}</Link>
      </Page>
    );
  }
  return data === undefined ? <Page title={t('one')}>{null}</Page> : <Detail recording={data} />;
}

function Detail({ recording }: { recording: Recording }) {
  const t = useTranslations('recordings');
  const me = useMe();
  const search: { t?: string; play?: string } = useSearch({ strict: false });
  const seek = useRef<((seconds: number) => void) | null>(null);
  const ready = useCallback((go: (seconds: number) => void) => {
    seek.current = go;
  }, []);
  const { data: happened } = useQuery(eventsQuery(recording.recordId));
  const events = happened?.data ?? none;
  return (
    <Page
      title={nameOf(recording)}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={<RecordingState recording={recording} />}
      actions={<RecordingActions recording={recording} />}
    >
      <div className={styles.columns}>
        <div className={styles.column}>
          {recording.downloadUrl !== undefined ? (
            <Player events={events} onReady={ready} recording={recording} address={recording.downloadUrl} start={secondsOf(search.t ?? '')} isPlaying={search.play !== undefined} />
          ) : recording.status === 'recording' && recording.size > 0 ? (
            <LivePlayer recording={recording} onReady={ready} />
          ) : (
            <Waiting recording={recording} />
          )}
          <p className={styles.text}>{t('logged')}</p>
        </div>
        <div className={styles.column}>
          <RecordingText recording={recording} />
          <RecordingFacts recording={recording} />
          <PlayerEvents events={events} onGo={(seconds) => seek.current?.(seconds)} />
          <Views id={recording.recordId} />
        </div>
      </div>
    </Page>
  );
}

function Waiting({ recording }: { recording: Recording }) {
  const t = useTranslations('recordings');
  const bytes = useBytes();
  if (recording.status === 'error') {
    return (
      <Alert color="red" variant="light" role="alert" title={t('failedTitle')}>
        {recording.reason ?? ''} {recording.canFinish ? t('canFinish') : t('cantFinish')}
      </Alert>
    );
  }
  const done = recording.progress ?? 0;
  return (
    <div className={`${styles.player} ${styles.wait}`} role="status">
      {recording.status === 'recording' ? (
        <span>{t('receivingText', { size: bytes(recording.size) })}</span>
      ) : (
        <>
          <span>{t('finishingText', { done })}</span>
          <progress className={styles.wide} value={done} max={100} aria-label={t('finishing', { done })} />
        </>
      )}
    </div>
  );
}
