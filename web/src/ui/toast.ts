import { notifications } from '@mantine/notifications';

// The kit's own cross has no name; each in its own words, as there is no component here to ask for them.
const close: Record<string, string> = { en: 'Close', 'zh-CN': '关闭' };

export const toastClose = () => ({ 'aria-label': close[document.documentElement.lang] ?? 'Close' });

/** Says that something worked; it is never the only place. */
export function say(message: string): void {
  notifications.show({ message, autoClose: 6000, withBorder: true, closeButtonProps: toastClose() });
}

/** Says that something did not work; stays until it is closed. */
export function complain(message: string): void {
  notifications.show({ message, color: 'red', autoClose: false, withBorder: true, closeButtonProps: toastClose() });
}
