import type { ReactNode } from 'react';
import styles from './Bare.module.css';
import { LocaleSwitch } from './LocaleSwitch';
import { Mark } from './Mark';
import { ThemeSwitch } from './ThemeSwitch';

/** A page without navigation: the sign-in, the setup. */
export function Bare({ name, isWide = false, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={styles.ground}>
      <header className={styles.head}>
        <Mark name={name} />
        <div className={styles.switches}>
          <LocaleSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className={isWide ? styles.wide : styles.main}>{children}</main>
    </div>
  );
}
