import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { useIsGone } from '../api/contact';

/** On every button that changes something at the server: those that submit, and those that show their work. */
export const writes = 'writes';

export const isWriting = (props: { loading?: unknown; type?: unknown }) =>
  typeof props.loading === 'boolean' || props.type === 'submit';

const within = (target: EventTarget | null) => target instanceof Element && target.closest(`.${writes}`) !== null;

function hold(event: Event): void {
  const isForm = event.type === 'submit' && event.target instanceof Element && event.target.querySelector(`.${writes}`) !== null;
  if (!isForm && !within(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/**
 * Holds all such buttons while there is no contact with the server, and says why on each. They keep their place in the
 * order of the keyboard, so that the reason can be read there too.
 */
export function useHeldWrites(): void {
  const t = useTranslations('problems');
  const isGone = useIsGone();
  const reason = t('no_contact');
  useEffect(() => {
    if (!isGone) return;
    const mark = () => {
      for (const button of document.querySelectorAll<HTMLElement>(`.${writes}:not([aria-disabled])`)) {
        button.setAttribute('aria-disabled', 'true');
        button.dataset.held = button.title;
        button.title = reason;
      }
    };
    const watch = new MutationObserver(mark);
    mark();
    watch.observe(document.body, { childList: true, subtree: true });
    const held = ['click', 'submit'] as const;
    for (const kind of held) document.addEventListener(kind, hold, true);
    return () => {
      watch.disconnect();
      for (const kind of held) document.removeEventListener(kind, hold, true);
      for (const button of document.querySelectorAll<HTMLElement>('[data-held]')) {
        button.removeAttribute('aria-disabled');
        button.title = button.dataset.held ?? '';
        delete button.dataset.held;
      }
    };
  }, [isGone, reason]);
}
