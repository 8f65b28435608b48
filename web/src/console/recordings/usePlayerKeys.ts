import { useEffect, useRef } from 'react';
import type { PlayerState } from './usePlayer';

/** Space, arrows, comma and full stop, f and m, as players have them; never while somebody types. */
export function usePlayerKeys(player: PlayerState): void {
  const now = useRef(player);
  useEffect(() => {
    now.current = player;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target?.closest('input, textarea, select, [role=dialog], [role=menu], [contenteditable]') !== null) return;
      // A button's own key stays its own.
      if (event.key === ' ' && target.closest('button, a') !== null) return;
      const work = workOf(event, now.current);
      if (work === undefined) return;
      event.preventDefault();
      work();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function workOf(event: KeyboardEvent, player: PlayerState): (() => void) | undefined {
  const seconds = event.shiftKey ? 30 : 5;
  const works: Record<string, () => void> = {
    ' ': player.toggle,
    ArrowLeft: () => player.skip(-seconds),
    ArrowRight: () => player.skip(seconds),
    ',': () => player.step(-1),
    '.': () => player.step(1),
    Home: () => player.seek(0),
    End: () => player.seek(player.length),
    f: player.toggleFullScreen,
    m: player.toggleMute,
  };
  return works[event.key];
}
