import styles from './Mark.module.css';

/** The product's mark with the server's name. */
export function Mark({ name }: { name: string }) {
  return (
    <span className={styles.mark}>
      <svg viewBox="0 0 32 32" className={styles.sign} aria-hidden="true">
        <rect width="32" height="32" rx="8" className={styles.plate} />
        <path d="M9 8v16M23 8v16M9 16c4-5 10 5 14 0" className={styles.rope} />
      </svg>
      <span className={styles.name}>{name}</span>
    </span>
  );
}
