import { useEffect } from 'react';

const dialog = '[role="dialog"], [role="alertdialog"]';
/** Where the kit puts dialogs. */
const portal = '[data-portal]';
const inside = { childList: true, subtree: true };

/** Where the focus was before each dialog. */
const before = new WeakMap<Element, HTMLElement>();
let last: HTMLElement | null = null;

/** Who opened what an element is in: a menu goes when one of its items is pressed, and its button stays. */
function anchorOf(element: HTMLElement): HTMLElement {
  const button = element.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? '';
  return (button === '' ? null : document.getElementById(button)) ?? element;
}

function note(event: FocusEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  const layer = target.closest(dialog);
  if (layer !== null && last !== null && !layer.contains(last) && !before.has(layer)) before.set(layer, anchorOf(last));
  last = target;
}

function giveBack(removed: Node): void {
  if (!(removed instanceof Element)) return;
  const layer = removed.matches(dialog) ? removed : removed.querySelector(dialog);
  const to = layer === null ? undefined : before.get(layer);
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (isLost && to?.isConnected === true) to.focus({ preventScroll: true });
}

function watchChanges(changes: MutationRecord[], watch: MutationObserver): void {
  for (const { addedNodes, removedNodes } of changes) {
    for (const node of addedNodes) if (node instanceof Element && node.matches(portal)) watch.observe(node, inside);
    for (const node of removedNodes) giveBack(node);
  }
}

/** Begins to give the focus back; the answer ends it. */
export function keepFocus(): () => void {
  const watch = new MutationObserver(watchChanges);
  watch.observe(document.body, { childList: true });
  for (const node of document.querySelectorAll(portal)) watch.observe(node, inside);
  document.addEventListener('focusin', note, true);
  return () => {
    watch.disconnect();
    document.removeEventListener('focusin', note, true);
  };
}

/**
 * Gives the focus back to where it was before a dialog. The kit does so for dialogs that it closes; most of ours are
 * taken out of the page, and the keyboard began at the top of the page after each.
 */
export const useFocusBack = (): void => useEffect(keepFocus, []);
