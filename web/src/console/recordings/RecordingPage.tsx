import { Alert, Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { secondsOf } from '../../ui/clockText';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { useBytes } from '../../ui/useBytes';
import { DeleteRecordings } from './DeleteRecordings';
import { Player } from './Player';
import { PlayerEvents } from './PlayerEvents';
import {
  changeRecording, deleteRecording, eventsQuery, finishRecording, localAddress, nameOf, recordingQuery, type Happening, type Recording,
} from './queries';
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
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const search: { t?: string; play?: string } = useSearch({ strict: false });
  const [isDeleting, setDeleting] = useState(false);
  const seek = useRef<((seconds: number) => void) | null>(null);
  const ready = useCallback((go: (seconds: number) => void) => {
    seek.current = go;
  }, []);
  const { data: happened } = useQuery(eventsQuery(recording.recordId));
  const events = happened?.data ?? none;
  const id = recording.recordId;
  const work = {
    onSuccess: () => client.invalidateQueries({ queryKey: ['recordings'] }),
    onError: (problem: unknown) => complain(textOf(problem)),
  };
  const hold = useMutation({ mutationFn: (held: boolean) => changeRecording(id, { held }), ...work });
  const finish = useMutation({ mutationFn: () => finishRecording(id), ...work });
  const remove = useMutation({
    mutationFn: (reason: string) => deleteRecording(id, reason),
    onSuccess: async () => {
      await navigate({ to: '/recordings' });
      await client.invalidateQueries({ queryKey: ['recordings'] });
    },
    onError: work.onError,
    onSettled: () => setDeleting(false),
  });
  const isDone = recording.status === 'ready' || recording.status === 'error';
  return (
    <Page
      title={nameOf(recording)}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={<RecordingState recording={recording} />}
      actions={
        <>
          {recording.downloadUrl === undefined ? null : (
            <Button component="a" href={localAddress(recording.downloadUrl)} download leftSection={<IconDownload size={16} aria-hidden />}>
              {t('download')}
            </Button>
          )}
          {recording.canFinish ? (
            <Button variant="default" loading={finish.isPending} onClick={() => finish.mutate()}>
              {t('finishAgain')}
            </Button>
          ) : null}
          {me.is_admin && isDone ? (
            <Button variant="default" loading={hold.isPending} onClick={() => hold.mutate(!recording.held)}>
              {recording.held ? t('release') : t('hold')}
            </Button>
          ) : null}
          <Button
            variant="subtle"
            color="red"
            disabled={recording.held || !isDone}
            title={recording.held ? t('heldHint') : isDone ? undefined : t('busyHint')}
            onClick={() => setDeleting(true)}
          >
            {t('delete')}
          </Button>
        </>
      }
    >
      <div className={styles.columns}>
        <div className={styles.column}>
          {recording.downloadUrl === undefined ? (
            <Waiting recording={recording} />
          ) : (
            <Player events={events} onReady={ready} recording={recording} address={recording.downloadUrl} start={secondsOf(search.t ?? '')} isPlaying={search.play !== undefined} />
          )}
          <p className={styles.text}>{t('logged')}</p>
        </div>
        <div className={styles.column}>
          <RecordingText recording={recording} />
          <RecordingFacts recording={recording} />
          <PlayerEvents events={events} onGo={(seconds) => seek.current?.(seconds)} />
          <Views id={id} />
        </div>
      </div>
      <DeleteRecordings
        isOpen={isDeleting}
        count={1}
        isBusy={remove.isPending}
        onCancel={() => setDeleting(false)}
        onDelete={(reason) => remove.mutate(reason)}
      />
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
