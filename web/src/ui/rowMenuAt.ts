import type { MouseEvent } from 'react';

/** Opens the menu of a row where somebody asks for one; with Shift, over writing or over marked text it is the browser's. */
export function openRowMenu(event: MouseEvent<HTMLElement>): void {
  const target = event.target as HTMLElement;
  const isMarked = document.getSelection()?.isCollapsed === false;
  const button = event.currentTarget.querySelector<HTMLElement>('[data-row-menu]');
  if (button === null || event.shiftKey || isMarked || target.closest('input, textarea, [role="menu"]') !== null) return;
  event.preventDefault();
  if (button.getAttribute('aria-expanded') === 'true') return;
  button.dataset.at = `${event.clientX} ${event.clientY}`;
  button.click();
}

/** From a corner of the button: its end where the menu has more room on that side. */
export type Offset = { mainAxis: number; crossAxis: number; isEnd: boolean };

const usualWidth = 280;

/** How far from its button the menu was asked for; undefined: the button was pressed. */
export function takeOffset(button: HTMLElement): Offset | undefined {
  const { at } = button.dataset;
  delete button.dataset.at;
  if (at === undefined) return undefined;
  const [x = 0, y = 0] = at.split(' ').map(Number);
  const rect = button.getBoundingClientRect();
  const isEnd = x > window.innerWidth - usualWidth;
  return { mainAxis: y - rect.bottom, crossAxis: x - (isEnd ? rect.right : rect.left), isEnd };
}
