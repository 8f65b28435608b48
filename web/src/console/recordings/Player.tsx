import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { CantPlay } from './CantPlay';
import { PlayerBar } from './PlayerBar';
import { activityQuery, localAddress, nameOf, type Happening, type Recording } from './queries';
import styles from './recordings.module.css';
import { usePlayer } from './usePlayer';
import { usePlayerKeys } from './usePlayerKeys';

type Props = {
  events: readonly Happening[];
  /** Is given what leads to a moment, for what stands beside the player. */
  onReady: (seek: (seconds: number) => void) => void;
  recording: Recording;
  address: string;
  start: number;
  isPlaying?: boolean;
};

const none: readonly number[] = [];

/** Plays the file by ranges, so that any place is reached without the rest. */
export function Player({ events, onReady, recording, address, start, isPlaying = false }: Props) {
  const t = useTranslations('recordings');
  // A link is signed anew each time it is asked for; the picture must not start over for that.
  const [original] = useState(() => localAddress(address, { inline: '1' }));
  const [copied, setCopied] = useState<string | null>(null);
  const source = copied ?? original;
  const known = (recording.durationMs ?? 0) / 1000;
  const { data: levels = none } = useQuery(activityQuery(recording.recordId));
  const [player, video, frame] = usePlayer(start, known, levels);
  usePlayerKeys(player);
  useEffect(() => {
    onReady(player.seek);
  });

  return (
    <div className={styles.player} ref={frame} role="group" aria-label={t('player', { name: nameOf(recording) })}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- there is no speech to write down */}
      <video
        ref={video}
        className={styles.video}
        src={source}
        preload="metadata"
        playsInline
        autoPlay={isPlaying}
        {...(recording.posterUrl === undefined ? {} : { poster: localAddress(recording.posterUrl) })}
        {...player.events}
      />
      {player.isBroken ? <CantPlay recording={recording} isCopy={copied !== null} onPlay={setCopied} /> : null}
      <PlayerBar player={player} events={events} levels={levels} source={source} />
    </div>
  );
}
