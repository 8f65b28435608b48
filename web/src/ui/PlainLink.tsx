import { useRouter } from '@tanstack/react-router';
import type { MouseEvent } from 'react';
import { basePath } from '../api/base';

type Props = { to: string; text: string; title?: string; className?: string };

/**
 * A link for cells of lists. The router's own looks at every change of the address whether it is the current one, and
 * a hundred of them take longer for that than a press of a key may.
 */
export function PlainLink({ to, text, title, className }: Props) {
  const router = useRouter();
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate(to.includes('?') ? { href: to } : { to });
  };
  return (
    <a href={basePath + to} title={title} className={className} onClick={go}>
      {text}
    </a>
  );
}
