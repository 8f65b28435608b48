import { Checkbox, Select } from '@mantine/core';
import {
  IconLink, IconMaximize, IconPictureInPicture, IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward,
  IconPlayerTrackNext, IconPlayerTrackPrev, IconVolume, IconVolumeOff,
} from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { clockText } from '../../ui/clockText';
import { copyText } from '../../ui/copyText';
import { say } from '../../ui/toast';
import { PlayerKey as Key } from './PlayerKey';
import type { Happening } from './queries';
import styles from './recordings.module.css';
import { Timeline } from './Timeline';
import type { PlayerState } from './usePlayer';

const speeds = [0.5, 1, 1.5, 2, 4, 8];

type Props = { player: PlayerState; events: readonly Happening[]; levels: readonly number[]; source: string };

/** What there is to press below the picture. */
export function PlayerBar({ player, events, levels, source }: Props) {
  const t = useTranslations('recordings');
  const copyLink = () => {
    const url = new URL(location.href);
    url.searchParams.set('t', String(Math.floor(player.now)));
    void copyText(url.href).then((isDone) => {
      if (isDone) say(t('linkCopied', { time: clockText(player.now) }));
    });
  };
  return (
    <>
      <Timeline player={player} events={events} levels={levels} source={source} />
      <div className={styles.bar}>
        <Key icon={IconPlayerTrackPrev} label={t('back', { seconds: 30 })} onPress={() => player.skip(-30)} />
        <Key icon={IconPlayerSkipBack} label={t('frameBack')} onPress={() => player.step(-1)} />
        <Key
          icon={player.isPlaying ? IconPlayerPause : IconPlayerPlay}
          label={player.isPlaying ? t('pause') : t('play')}
          onPress={player.toggle}
        />
        <Key icon={IconPlayerSkipForward} label={t('frameOn')} onPress={() => player.step(1)} />
        <Key icon={IconPlayerTrackNext} label={t('forward', { seconds: 30 })} onPress={() => player.skip(30)} />
        <span className={styles.time}>{`${clockText(player.now)} / ${clockText(player.length)}`}</span>
        <Select
          aria-label={t('speed')}
          w={92}
          allowDeselect={false}
          data={speeds.map((s) => ({ value: String(s), label: `${s}×` }))}
          value={String(player.speed)}
          onChange={(value) => player.setSpeed(Number(value ?? 1))}
        />
        {levels.length === 0 ? null : (
          <Checkbox label={t('skipIdle')} checked={player.isSkipping} onChange={player.toggleSkipping} />
        )}
        <Key icon={player.isMuted ? IconVolumeOff : IconVolume} label={player.isMuted ? t('unmute') : t('mute')} onPress={player.toggleMute} />
        <Key icon={IconLink} label={t('copyLink')} onPress={copyLink} />
        {document.pictureInPictureEnabled ? (
          <Key icon={IconPictureInPicture} label={t('pictureInPicture')} onPress={player.togglePicture} />
        ) : null}
        <Key icon={IconMaximize} label={t('fullScreen')} onPress={player.toggleFullScreen} />
      </div>
    </>
  );
}
