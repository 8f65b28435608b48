import type { ComponentType } from 'react';
import styles from './Status.module.css';

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'neutral';

type Props = { tone: Tone; icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>; word: string; title?: string };

/** A state: an icon and a word, and a colour besides. */
export function Status({ tone, icon: Icon, word, title }: Props) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      <Icon size={16} aria-hidden />
      {word}
    </span>
  );
}
