import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type MouseEvent, type ReactNode } from 'react';
import styles from './RowMenu.module.css';
import { takeOffset, type Offset } from './rowMenuAt';

/**
 * What can be done with a row, behind a button, and where the row is asked for its menu. There are many rows: the menu
 * comes with the first press.
 */
export function RowMenu({ label, children }: { label: string; children: ReactNode }) {
  const [isUsed, setUsed] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const [offset, setOffset] = useState<Offset | undefined>();
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    setOffset(takeOffset(event.currentTarget));
    setUsed(true);
    setOpen(!isOpen);
  };
  if (!isUsed) {
    return (
      <button type="button" data-row-menu className={styles.button} aria-label={label} aria-haspopup="menu" onClick={press}>
        <IconDots size={18} aria-hidden />
      </button>
    );
  }
  return (
    <Menu
      position={offset?.isEnd === false ? 'bottom-start' : 'bottom-end'}
      // Away from its button, which shifting would not have.
      {...(offset === undefined ? {} : { offset, middlewares: { flip: true, shift: false } })}
      shadow="md"
      opened={isOpen}
      onChange={setOpen}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} data-row-menu aria-label={label} onClickCapture={(event) => setOffset(takeOffset(event.currentTarget))}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
