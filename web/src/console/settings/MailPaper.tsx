import type { MailText } from './mailTexts';
import styles from './settings.module.css';

/** A mail as it would arrive. */
export function MailPaper({ text }: { text: MailText }) {
  return (
    <div role="status" className={styles.mailText} lang={text.language === 'zh' ? 'zh-CN' : 'en'}>
      <strong>{text.subject}</strong>
      <div>{text.body}</div>
    </div>
  );
}
