import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import styles from './RowMenu.module.css';

/** What can be done with a row, behind a button. There are many rows: the menu comes with the first press. */
export function RowMenu({ label, children }: { label: string; children: ReactNode }) {
  const [isUsed, setUsed] = useState(false);
  if (!isUsed) {
    return (
      <button type="button" className={styles.button} aria-label={label} aria-haspopup="menu" onClick={() => setUsed(true)}>
        <IconDots size={18} aria-hidden />
      </button>
    );
  }
  return (
    <Menu position="bottom-end" shadow="md" defaultOpened>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={label}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
