import type { ReactNode } from 'react';
import styles from './Card.module.css';

type Props = { title?: string; actions?: ReactNode; isFlush?: boolean; children: ReactNode };

/** A surface with a heading. */
export function Card({ title, actions, isFlush = false, children }: Props) {
  return (
    <section className={styles.card}>
      {title === undefined ? null : (
        <div className={styles.head}>
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

/** Names and values, as text. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {items.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
