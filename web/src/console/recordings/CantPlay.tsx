import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { useBytes } from '../../ui/useBytes';
import { copyQuery, localAddress, makeCopy, type Copy, type Recording } from './queries';
import styles from './recordings.module.css';

/** What the server makes: H.264 and AAC, which nearly every browser plays. */
const kind = 'video/mp4; codecs="avc1.640028, mp4a.40.2"';
const playsMp4 = () => document.createElement('video').canPlayType(kind) !== '';

type Props = {
  recording: Recording;
  /** It is the MP4 that can't be played, too. */
  isCopy: boolean;
  /** Is given where the MP4 is, to be played. */
  onPlay: (address: string) => void;
};

/** What there is to do about a recording that this browser can't play: an MP4, made by the server. */
export function CantPlay({ recording, isCopy, onPlay }: Props) {
  const t = useTranslations('recordings');
  const textOf = useProblemText();
  const client = useQueryClient();
  const asked = copyQuery(recording.recordId);
  const { data: copy } = useQuery(asked);
  const make = useMutation({
    mutationFn: () => makeCopy(recording.recordId),
    onSuccess: (made) => client.setQueryData(asked.queryKey, made),
    onError: (problem) => complain(textOf(problem)),
  });
  return (
    <Alert color={copy?.status === 'failed' ? 'red' : 'yellow'} variant="light" role="alert">
      <div className={styles.form}>
        <span>{t('cantPlay', { type: [recording.mimeType, recording.codec.toUpperCase()].filter(Boolean).join(', ') })}</span>
        {copy === undefined ? null : <CopyText copy={copy} isPlayable={!isCopy && playsMp4()} onPlay={onPlay} />}
        {copy?.canMake === true ? (
          <div className={styles.buttons}>
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {copy.status === 'failed' ? t('copyAgain') : t('makeCopy')}
            </Button>
          </div>
        ) : null}
      </div>
    </Alert>
  );
}

function CopyText({ copy, isPlayable, onPlay }: { copy: Copy; isPlayable: boolean; onPlay: (address: string) => void }) {
  const t = useTranslations('recordings');
  const bytes = useBytes();
  const done = copy.progress ?? 0;
  switch (copy.status) {
    case 'none':
      return <span>{copy.canMake ? t('copyCanBe') : t('copyNone')}</span>;
    case 'waiting':
      return <span role="status">{t('copyWaits', { ahead: copy.ahead ?? 0 })}</span>;
    case 'making':
      return (
        <span className={styles.form} role="status">
          {t('copyMaking', { done })}
          <progress className={styles.wide} value={done} max={100} aria-label={t('copyMaking', { done })} />
        </span>
      );
    case 'failed':
      return <span>{t('copyFailed', { reason: copy.reason ?? '' })}</span>;
    case 'ready': {
      const { downloadUrl: address = '' } = copy;
      return (
        <>
          <span role="status">{isPlayable ? t('copyReady') : t('copyUnplayable')}</span>
          <div className={styles.buttons}>
            {isPlayable ? (
              <Button onClick={() => onPlay(localAddress(address, { inline: '1' }))}>
                {t('playCopy')}
              </Button>
            ) : null}
            <Button variant="default" component="a" href={localAddress(address)} download>
              {t('downloadCopy', { size: bytes(copy.size ?? 0) })}
            </Button>
          </div>
        </>
      );
    }
  }
}
