import { useEffect, type ReactNode } from 'react';
import styles from './Page.module.css';

type Props = {
  title: string;
  /** What the tab is called beside the title; the server's name. */
  suffix?: string;
  actions?: ReactNode;
  lead?: ReactNode;
  isNarrow?: boolean;
  children: ReactNode;
};

/** A page: its title, what can be done with it, its content. */
export function Page({ title, suffix, actions, lead, isNarrow = false, children }: Props) {
  useEffect(() => {
    document.title = [title, suffix ?? 'Hawser'].join(' · ');
  }, [title, suffix]);
  return (
    <div className={isNarrow ? `${styles.page} ${styles.narrow}` : styles.page}>
      <div className={styles.head}>
        <h1>{title}</h1>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </div>
      {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
      {children}
    </div>
  );
}
