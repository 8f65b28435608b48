import type { ReactNode } from 'react';
import styles from './Empty.module.css';

type Props = { title?: string; text?: string; action?: ReactNode };

/** Why there is nothing, and what to do. */
export function Empty({ title, text, action }: Props) {
  return (
    <div className={styles.empty}>
      {title === undefined ? null : <p className={styles.title}>{title}</p>}
      {text === undefined ? null : <p className={styles.text}>{text}</p>}
      {action}
    </div>
  );
}
