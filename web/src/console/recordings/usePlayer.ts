import { useRef, useState, type SyntheticEvent } from 'react';
import { afterIdle } from './activity';

export type PlayerState = {
  isPlaying: boolean;
  isBroken: boolean;
  isMuted: boolean;
  now: number;
  length: number;
  speed: number;
  /** Whether stretches in which nothing moves are passed over. */
  isSkipping: boolean;
  buffered: { from: number; to: number } | null;
  events: Record<string, (event: SyntheticEvent<HTMLVideoElement>) => void>;
  toggle: () => void;
  seek: (to: number) => void;
  skip: (by: number) => void;
  step: (frames: number) => void;
  setSpeed: (speed: number) => void;
  toggleMute: () => void;
  toggleSkipping: () => void;
  toggleFullScreen: () => void;
  togglePicture: () => void;
};

/** How long a frame is taken to be: recordings have thirty in a second at most. */
const frameLength = 1 / 30;

/** A video's state as the page's, and what can be done with it. */
export function usePlayer(start: number, known: number, levels: readonly number[]) {
  const frame = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [isMuted, setMuted] = useState(false);
  const [now, setNow] = useState(start);
  const [length, setLength] = useState(known);
  const [speed, setSpeedNow] = useState(1);
  const [isSkipping, setSkipping] = useState(false);
  const [buffered, setBuffered] = useState<{ from: number; to: number } | null>(null);

  const seek = (to: number) => {
    const element = video.current;
    if (element === null) return;
    element.currentTime = Math.min(Math.max(0, to), length);
    setNow(element.currentTime);
  };
  const look = ({ currentTarget: v }: SyntheticEvent<HTMLVideoElement>) => {
    for (let i = 0; i < v.buffered.length; i++) {
      if (v.buffered.start(i) > v.currentTime || v.buffered.end(i) < v.currentTime) continue;
      setBuffered({ from: v.buffered.start(i), to: v.buffered.end(i) });
    }
  };
  const play = (element: HTMLVideoElement) => {
    // Refused when the file can't be played; the error event says so.
    element.play().catch(() => undefined);
  };
  const state: PlayerState = {
    isPlaying, isBroken, isMuted, now, length, speed, isSkipping, buffered, seek,
    events: {
      onLoadedMetadata: ({ currentTarget: v }) => {
        // Another file may play where the first did not.
        setBroken(false);
        if (Number.isFinite(v.duration)) setLength(v.duration);
        if (start > 0) v.currentTime = start;
      },
      onPlay: () => setPlaying(true),
      onPause: () => setPlaying(false),
      onTimeUpdate: (event) => {
        const v = event.currentTarget;
        const on = isSkipping && !v.paused && !v.seeking ? afterIdle(levels, v.currentTime) : null;
        if (on !== null) v.currentTime = on;
        setNow(v.currentTime);
        look(event);
      },
      onProgress: look,
      onError: () => setBroken(true),
      onVolumeChange: ({ currentTarget: v }) => setMuted(v.muted),
      onClick: ({ currentTarget: v }) => (v.paused ? play(v) : v.pause()),
    },
    toggle: () => {
      const element = video.current;
      if (element === null) return;
      if (element.paused) play(element);
      else element.pause();
    },
    skip: (by) => seek((video.current?.currentTime ?? 0) + by),
    step: (frames) => {
      video.current?.pause();
      seek((video.current?.currentTime ?? 0) + frames * frameLength);
    },
    setSpeed: (to) => {
      if (video.current !== null) video.current.playbackRate = to;
      setSpeedNow(to);
    },
    toggleMute: () => {
      if (video.current !== null) video.current.muted = !video.current.muted;
    },
    toggleSkipping: () => setSkipping(!isSkipping),
    toggleFullScreen: () => {
      const change = document.fullscreenElement === null ? frame.current?.requestFullscreen() : document.exitFullscreen();
      change?.catch(() => undefined);
    },
    togglePicture: () => {
      const change = document.pictureInPictureElement === null
        ? video.current?.requestPictureInPicture() : document.exitPictureInPicture();
      change?.catch(() => undefined);
    },
  };
  return [state, video, frame] as const;
}
