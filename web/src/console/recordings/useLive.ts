import { useEffect, useRef, useState } from 'react';
import { LiveFeed } from './LiveFeed';

/** Pieces come about once in a second; nearer to the end a player waits for each. */
const lag = 2;
/** Further behind than that nobody is live. */
const late = 6;
const tick = 500;

export type LiveState = {
  phase: 'starting' | 'running' | 'broken';
  /** What there is to go back to, in seconds. */
  start: number;
  edge: number;
  now: number;
  /** Seconds since the last piece was saved. */
  age: number;
  isPlaying: boolean;
  isMuted: boolean;
};

const canPlay = typeof MediaSource !== 'undefined';
const first: LiveState = { phase: canPlay ? 'starting' : 'broken', start: 0, edge: 0, now: 0, age: 0, isPlaying: false, isMuted: true };

/** Plays a recording while it is being made. */
export function useLive(id: string) {
  const video = useRef<HTMLVideoElement>(null);
  const following = useRef(true);
  const begun = useRef(false);
  const [state, setState] = useState(first);

  useEffect(() => {
    const element = video.current;
    if (element === null || !canPlay) return undefined;
    const source = new MediaSource();
    const address = URL.createObjectURL(source);
    const stop = new AbortController();
    let savedAt = performance.now();
    const feed = new LiveFeed(`/api/recordings/${encodeURIComponent(id)}/saved`, source, () => element.currentTime, (age) => {
      savedAt = performance.now() - age;
    });
    const breakOff = () => {
      if (!stop.signal.aborted) setState((s) => ({ ...s, phase: 'broken' }));
    };
    source.addEventListener('sourceopen', () => void feed.run(stop.signal).catch(breakOff), { once: true });
    element.addEventListener('error', breakOff);
    element.src = address;
    const timer = setInterval(() => {
      if (element.buffered.length === 0) return;
      follow(element, following.current, begun.current);
      begun.current = true;
      setState((s) => seen(s, element, (performance.now() - savedAt) / 1000));
    }, tick);
    return () => {
      stop.abort();
      clearInterval(timer);
      element.removeEventListener('error', breakOff);
      element.removeAttribute('src');
      URL.revokeObjectURL(address);
    };
  }, [id]);

  const seek = (to: number) => {
    const element = video.current;
    if (element === null) return;
    element.currentTime = Math.min(Math.max(state.start, to), state.edge);
    following.current = state.edge - element.currentTime < late;
  };
  const live = {
    ...state,
    isLive: state.isPlaying && state.edge - state.now < late,
    seek,
    goLive: () => {
      seek(state.edge - lag);
      play(video.current);
    },
    toggle: () => {
      const element = video.current;
      following.current = false;
      if (element?.paused === true) play(element);
      else element?.pause();
    },
    toggleMute: () => {
      if (video.current !== null) video.current.muted = !video.current.muted;
    },
    back: (seconds: number) => seek(state.now - seconds),
  };
  return [live, video] as const;
}

function play(element: HTMLVideoElement | null): void {
  // Refused when the browser wants a press first: the button says so.
  element?.play().catch(() => undefined);
}

// Begins at the end, and catches up after a stall or when what is shown was dropped.
function follow(element: HTMLVideoElement, isFollowing: boolean, hasBegun: boolean): void {
  const { buffered } = element;
  const [start, edge] = [buffered.start(0), buffered.end(buffered.length - 1)];
  const isLost = element.currentTime < start - 1 || (isFollowing && edge - element.currentTime > 2 * late);
  if (!hasBegun || isLost) element.currentTime = Math.max(start, edge - lag);
  if (isFollowing && element.paused) play(element);
}

function seen(state: LiveState, element: HTMLVideoElement, age: number): LiveState {
  const { buffered } = element;
  if (buffered.length === 0) return state;
  return {
    ...state,
    phase: state.phase === 'starting' ? 'running' : state.phase,
    start: buffered.start(0),
    edge: buffered.end(buffered.length - 1),
    age,
    now: element.currentTime,
    isPlaying: !element.paused,
    isMuted: element.muted,
  };
}
