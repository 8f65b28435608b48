import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { basePath } from '../api/base';
import styles from './RowMenu.module.css';

type Props = { label: string; icon: ReactNode } & ({ to: string } | { onPress: () => void });

/** What one mostly wants of a row, in view beside its menu. There are many rows: the browser's own link or button. */
export function RowAction({ label, icon, ...rest }: Props) {
  const router = useRouter();
  if ('onPress' in rest) {
    return (
      <button type="button" className={styles.button} aria-label={label} title={label} onClick={rest.onPress}>
        {icon}
      </button>
    );
  }
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to: rest.to });
  };
  return (
    <a href={basePath + rest.to} className={styles.button} aria-label={label} title={label} onClick={go}>
      {icon}
    </a>
  );
}
