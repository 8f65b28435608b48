import { Alert, Button } from '@mantine/core';
import {
  IconMaximize, IconPlayerPause, IconPlayerPlay, IconPlayerRecord, IconPlayerSkipBack, IconVolume, IconVolumeOff,
} from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { clockText } from '../../ui/clockText';
import { useBytes } from '../../ui/useBytes';
import { PlayerKey as Key } from './PlayerKey';
import { nameOf, type Recording } from './queries';
import styles from './recordings.module.css';
import { useLive } from './useLive';

type Props = {
  recording: Recording;
  /** Is given what leads to a moment, for what stands beside the player. */
  onReady: (seek: (seconds: number) => void) => void;
};

const step = 10;

/** Shows a recording while it is being made, and how far behind that is. */
export function LivePlayer({ recording, onReady }: Props) {
  const t = useTranslations('recordings');
  const bytes = useBytes();
  const frame = useRef<HTMLDivElement>(null);
  const [live, video] = useLive(recording.recordId);
  useEffect(() => {
    onReady(live.seek);
  });
  const behind = Math.round(live.edge - live.now + live.age);
  const fill = () => {
    const change = document.fullscreenElement === null ? frame.current?.requestFullscreen() : document.exitFullscreen();
    change?.catch(() => undefined);
  };
  return (
    <div className={styles.player} ref={frame} role="group" aria-label={t('player', { name: nameOf(recording) })}>
      <video ref={video} className={styles.video} muted playsInline hidden={live.phase === 'broken'} />
      {live.phase === 'broken' ? (
        <Alert color="yellow" variant="light" role="status">
          {t('cantWatch', { size: bytes(recording.size) })}
        </Alert>
      ) : live.phase === 'starting' ? (
        <p className={styles.liveText} role="status">
          {t('liveStarts')}
        </p>
      ) : (
        <>
          <div className={styles.track}>
            <input
              type="range"
              className={styles.seek}
              min={live.start}
              max={Math.max(live.start + 1, live.edge)}
              step={0.1}
              value={live.now}
              aria-label={t('position')}
              aria-valuetext={t('at', { now: clockText(live.now), length: clockText(live.edge) })}
              onChange={(e) => live.seek(Number(e.currentTarget.value))}
            />
          </div>
          <div className={styles.bar}>
            <Key icon={IconPlayerSkipBack} label={t('back', { seconds: step })} onPress={() => live.back(step)} />
            <Key icon={live.isPlaying ? IconPlayerPause : IconPlayerPlay} label={live.isPlaying ? t('pause') : t('play')} onPress={live.toggle} />
            <Button size="xs" variant="default" disabled={live.isLive} leftSection={<IconPlayerRecord size={14} aria-hidden />} onClick={live.goLive}>
              {live.isLive ? t('isLive') : t('goLive')}
            </Button>
            <span className={styles.time}>{clockText(live.now)}</span>
            <Key icon={live.isMuted ? IconVolumeOff : IconVolume} label={live.isMuted ? t('unmute') : t('mute')} onPress={live.toggleMute} />
            <Key icon={IconMaximize} label={t('fullScreen')} onPress={fill} />
          </div>
          <p className={styles.liveText}>{t('behind', { seconds: behind, age: Math.round(live.age), from: clockText(live.start) })}</p>
        </>
      )}
    </div>
  );
}
