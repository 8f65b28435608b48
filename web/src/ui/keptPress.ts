import { useEffect } from 'react';

/** How far a hand slips in a press. */
const slip = 4;

type Place = { left: number; top: number };
type Press = { on: HTMLElement; at: Place; x: number; y: number };

let begun: Press | null = null;

function begin(event: PointerEvent): void {
  const on = event.target instanceof Element ? event.target.closest<HTMLElement>('button, a[href]') : null;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  begun = on === null || !isPlain ? null : { on, at: on.getBoundingClientRect(), x: event.clientX, y: event.clientY };
}

function end(event: MouseEvent): void {
  const press = begun;
  begun = null;
  if (press === null || !press.on.isConnected || (event.target instanceof Node && press.on.contains(event.target))) return;
  const hasStayed = Math.hypot(event.clientX - press.x, event.clientY - press.y) <= slip;
  const { left, top } = press.on.getBoundingClientRect();
  if (!hasStayed || (left === press.at.left && top === press.at.top)) return;
  // What the browser makes of it is a press on whatever both are in.
  event.preventDefault();
  event.stopImmediatePropagation();
  press.on.click();
}

/** Begins to keep presses; the answer ends it. */
export function keepPresses(): () => void {
  document.addEventListener('pointerdown', begin, true);
  document.addEventListener('click', end, true);
  return () => {
    document.removeEventListener('pointerdown', begin, true);
    document.removeEventListener('click', end, true);
  };
}

/**
 * A press is on what it began on, where the pointer stayed and the page moved: a banner comes, a row is added, and an
 * open menu goes along with its button while the mouse is down. The browser would press nothing.
 */
export const useKeptPress = (): void => useEffect(keepPresses, []);
