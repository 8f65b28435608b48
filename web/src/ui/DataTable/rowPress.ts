import type { MouseEvent, UIEvent } from 'react';

/**
 * While a table is scrolled sideways, its names stay in view; they are over the other cells then, and their links can't
 * lie under those as they do else (DataTable.module.css).
 */
export function markScrolled(event: UIEvent<HTMLElement>): void {
  event.currentTarget.toggleAttribute('data-scrolled', event.currentTarget.scrollLeft !== 0);
}

/** The whole row opens what its name's link does, also where that link does not reach: in the same tab, or in another. */
export function pressRow(event: MouseEvent<HTMLElement>): void {
  const target = event.target as HTMLElement;
  const row = event.currentTarget;
  const isMarked = document.getSelection()?.isCollapsed === false;
  if (row.closest('[data-scrolled]') === null || isMarked || target.closest('a, button, input, label, [role="menu"]') !== null) return;
  const main = row.querySelector<HTMLElement>('[data-main] :is(a, button)');
  if (main === null) return;
  const isElsewhere = event.button === 1 || event.ctrlKey || event.metaKey;
  if (isElsewhere && main instanceof HTMLAnchorElement) window.open(main.href, '_blank', 'noopener');
  else if (event.button === 0) main.click();
}
