import { IconAlertTriangle, IconCircleCheck, IconLoader, IconLock, IconPlayerRecord } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Status } from '../../ui/Status';
import type { Recording } from './queries';
import styles from './recordings.module.css';

/** How far a recording is; while it is finished, how much of that is done. */
export function RecordingState({ recording }: { recording: Recording }) {
  const t = useTranslations('recordings');
  if (recording.status === 'recording') return <Status tone="bad" icon={IconPlayerRecord} word={t('receiving')} />;
  if (recording.status === 'processing') {
    const done = recording.progress ?? 0;
    return (
      <span className={styles.state}>
        <Status tone="info" icon={IconLoader} word={t('finishing', { done })} />
        <progress className={styles.small} value={done} max={100} aria-label={t('finishing', { done })} />
      </span>
    );
  }
  if (recording.status === 'error') {
    return <Status tone="bad" icon={IconAlertTriangle} word={t('failed')} title={recording.reason ?? ''} />;
  }
  return (
    <span className={styles.state}>
      {recording.held ? (
        <Status tone="info" icon={IconLock} word={t('onHold')} />
      ) : (
        <Status tone="ok" icon={IconCircleCheck} word={t('ready')} />
      )}
      {recording.incomplete ? <Status tone="warn" icon={IconAlertTriangle} word={t('incomplete')} title={t('incompleteHint')} /> : null}
    </span>
  );
}
