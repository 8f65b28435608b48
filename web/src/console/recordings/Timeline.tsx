import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useTranslations } from 'use-intl';
import { clockText } from '../../ui/clockText';
import { columnsOf } from './activity';
import { EventMarks } from './PlayerEvents';
import type { Happening } from './queries';
import styles from './recordings.module.css';
import type { PlayerState } from './usePlayer';

type Props = { player: PlayerState; events: readonly Happening[]; levels: readonly number[]; source: string };

const columns = 200;
const highest = 9;
/** As far as the ends of the line are from those of the track. */
const inset = 12;

/** The line of time: what is there of the file, where something moves, what happened, and what is under the pointer. */
export function Timeline({ player, events, levels, source }: Props) {
  const t = useTranslations('recordings');
  const [at, setAt] = useState<number | null>(null);
  const share = (time: number) => (player.length > 0 ? (100 * time) / player.length : 0);
  const placeOf = (time: number) => `calc(${inset}px + (100% - ${2 * inset}px) * ${share(time) / 100})`;
  const point = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType !== 'mouse' || player.length <= 0) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - left - inset) / (width - 2 * inset);
    setAt(Math.min(1, Math.max(0, part)) * player.length);
  };
  return (
    <div className={styles.track} onPointerMove={point} onPointerLeave={() => setAt(null)}>
      <Heat levels={levels} length={player.length} />
      {player.buffered === null ? null : (
        <span
          className={styles.buffered}
          style={{
            insetInlineStart: placeOf(player.buffered.from),
            inlineSize: `calc((100% - ${2 * inset}px) * ${share(player.buffered.to - player.buffered.from) / 100})`,
          }}
        />
      )}
      <input
        type="range"
        className={styles.seek}
        min={0}
        max={Math.max(1, player.length)}
        step={0.1}
        value={player.now}
        aria-label={t('position')}
        aria-valuetext={t('at', { now: clockText(player.now), length: clockText(player.length) })}
        onChange={(e) => player.seek(Number(e.currentTarget.value))}
      />
      <EventMarks events={events} length={player.length} onGo={player.seek} />
      {at === null ? null : <Glance source={source} at={at} place={placeOf(at)} />}
    </div>
  );
}

/** Where something moves, for the eye. */
function Heat({ levels, length }: { levels: readonly number[]; length: number }) {
  if (levels.length === 0) return null;
  return (
    <svg className={styles.heat} viewBox={`0 0 ${columns} ${highest}`} preserveAspectRatio="none" aria-hidden>
      {columnsOf(levels, length, columns).map((level, column) =>
        level === 0 ? null : <rect key={column} x={column} y={highest - level} width={1} height={level} />,
      )}
    </svg>
  );
}

/** The time and the picture under the pointer. */
function Glance({ source, at, place }: { source: string; at: number; place: string }) {
  const video = useRef<HTMLVideoElement>(null);
  // One jump after the other: where the pointer is by then is the next.
  const go = () => {
    const element = video.current;
    if (element === null || element.seeking || element.readyState === 0) return;
    if (Math.abs(element.currentTime - at) > 0.5) element.currentTime = at;
  };
  useEffect(go);
  return (
    <div className={styles.glance} style={{ insetInlineStart: `clamp(92px, ${place}, calc(100% - 92px))` }} aria-hidden>
      <video ref={video} src={source} muted playsInline preload="metadata" onLoadedMetadata={go} onSeeked={go} />
      <span>{clockText(at)}</span>
    </div>
  );
}
