import { useEffect, type RefObject } from 'react';
import { matches } from './matches';

const name = 'search';
const most = 1000;

function rangesIn(list: HTMLElement, q: string): Range[] {
  const ranges: Range[] = [];
  for (const row of list.querySelectorAll('[data-key]')) {
    const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      for (const [from, to] of matches(node.nodeValue ?? '', q)) {
        const range = new Range();
        range.setStart(node, from);
        range.setEnd(node, to);
        if (ranges.push(range) === most) return ranges;
      }
    }
  }
  return ranges;
}

/** Marks in a list's rows what was searched for. The browser paints it: cells know nothing of it, and none is drawn again. */
export function useMatches(list: RefObject<HTMLElement | null>, q: string): void {
  useEffect(() => {
    const root = list.current;
    if (root === null || q.trim() === '' || !('highlights' in CSS)) return undefined;
    let frame = 0;
    const soon = () => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        CSS.highlights.set(name, new Highlight(...rangesIn(root, q)));
      });
    };
    const observer = new MutationObserver(soon);
    observer.observe(root, { childList: true, characterData: true, subtree: true });
    soon();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(name);
    };
  }, [list, q]);
}
