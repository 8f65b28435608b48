import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
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
  const button = useRef<HTMLButtonElement>(null);
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    setOffset(takeOffset(event.currentTarget));
    // The button that was pressed is another one then; the menu gives the focus back to where it was when it opened.
    flushSync(() => setUsed(true));
    button.current?.focus({ preventScroll: true });
    setOpen(true);
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
        <ActionIcon ref={button} variant="subtle" color="gray" size={36} data-row-menu aria-label={label} onClickCapture={(event) => setOffset(takeOffset(event.currentTarget))}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
