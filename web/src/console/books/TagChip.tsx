import { IconCheck } from '@tabler/icons-react';
import { useFormatter } from 'use-intl';
import styles from './books.module.css';
import { cssOf, type Tag } from './queries';

type Props = { tag: Tag; count?: number; isOn?: boolean; onToggle?: () => void };

/** A tag: its colour as a dot, so that its name stays readable on any. */
export function TagChip({ tag, count, isOn, onToggle }: Props) {
  const format = useFormatter();
  const content = (
    <>
      <span className={styles.dot} style={{ background: cssOf(tag.color) }} />
      <span className={styles.tagName}>{tag.name}</span>
      {count === undefined ? null : <span className={styles.count}>{format.number(count)}</span>}
      {isOn === true ? <IconCheck size={14} aria-hidden /> : null}
    </>
  );
  if (onToggle === undefined) {
    return (
      <span className={styles.tag} title={tag.name}>
        {content}
      </span>
    );
  }
  return (
    <button type="button" className={styles.tag} title={tag.name} aria-pressed={isOn === true} onClick={onToggle}>
      {content}
    </button>
  );
}
