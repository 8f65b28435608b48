import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { toastClose } from './toast';

const seconds = 10;

/** Says that something was done, and offers to take it back for a while. */
export function sayWithUndo(message: string, undo: string, onUndo: () => void): void {
  const id = notifications.show({
    autoClose: seconds * 1000,
    withBorder: true,
    closeButtonProps: toastClose(),
    message: (
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <span>{message}</span>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          {undo}
        </Button>
      </Group>
    ),
  });
}
