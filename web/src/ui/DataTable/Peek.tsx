import { ActionIcon, FocusTrap, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import styles from './Peek.module.css';

type Props = {
  title: string;
  /** undefined: there is none. */
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onClose: () => void;
  children: ReactNode;
};

/** A row's main facts beside the list, which stays in use; over it on a phone. */
export function Peek({ title, onPrevious, onNext, onClose, children }: Props) {
  const t = useTranslations('list');
  const isPhone = useMediaQuery('(max-width: 899px)', false, { getInitialValueInEffect: false });
  const panel = (
    <aside
      className={styles.peek}
      data-peek
      aria-label={t('peekOf', { name: title })}
      {...(isPhone ? { role: 'dialog', 'aria-modal': true } : {})}
    >
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <Key label={t('previousRow')} icon={<IconChevronUp size={18} aria-hidden />} onPress={onPrevious} />
        <Key label={t('nextRow')} icon={<IconChevronDown size={18} aria-hidden />} onPress={onNext} />
        <Key label={t('closePeek')} icon={<IconX size={18} aria-hidden />} onPress={onClose} />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by the keyboard too */}
      <div className={styles.body} role="group" aria-label={title} tabIndex={0}>
        {children}
      </div>
    </aside>
  );
  return isPhone ? <FocusTrap>{panel}</FocusTrap> : panel;
}

function Key({ label, icon, onPress }: { label: string; icon: ReactNode; onPress: (() => void) | undefined }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} disabled={onPress === undefined} onClick={onPress}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
