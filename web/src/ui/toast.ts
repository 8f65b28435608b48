import { notifications } from '@mantine/notifications';

/** Says that something worked; it is never the only place. */
export function say(message: string): void {
  notifications.show({ message, autoClose: 6000, withBorder: true });
}

/** Says that something did not work; stays until it is closed. */
export function complain(message: string): void {
  notifications.show({ message, color: 'red', autoClose: false, withBorder: true });
}
