import { useTranslations } from 'use-intl';
import type { MailTurn } from './queries';
import styles from './settings.module.css';

const signs = { client: '→', server: '←', note: '·' } as const;

/** What this server and the mail server said to each other, line by line. */
export function MailDialogue({ turns }: { turns: readonly MailTurn[] }) {
  const t = useTranslations('settings');
  return (
    <section className={styles.field} aria-label={t('dialogue.title')}>
      <h3 className={styles.small}>{t('dialogue.title')}</h3>
      <ol className={styles.dialogue} lang="en">
        {turns.map((turn, index) => (
          <li key={index} className={styles.turn} data-by={turn.by}>
            <span role="img" aria-label={t(`dialogue.by.${turn.by}`)}>
              {signs[turn.by]}
            </span>
            <span>{turn.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
