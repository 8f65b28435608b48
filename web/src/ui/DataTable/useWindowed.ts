import { useEffect, useState, type RefObject } from 'react';

/** Below this all rows are there. */
const all = 60;
/** Rows above and below what is seen, and the steps in which the window moves. */
const around = 20;
const step = 10;

/** Which of many rows of one height are near what is seen; the page scrolls. */
export function useWindowed(count: number, height: number, body: RefObject<HTMLElement | null>) {
  const [first, setFirst] = useState(0);
  const isWindowed = count > all;
  useEffect(() => {
    if (!isWindowed) return undefined;
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const above = Math.floor(-top / height) - around;
      setFirst(Math.max(0, Math.floor(above / step) * step));
    };
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [isWindowed, height, body]);
  if (!isWindowed) return { from: 0, to: count };
  const seen = Math.ceil(innerHeight / height) + 2 * around + step;
  const from = Math.min(first, Math.max(0, count - seen));
  return { from, to: Math.min(count, from + seen) };
}
