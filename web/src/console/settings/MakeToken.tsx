import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { TokenForm } from '../../entities/TokenForm';
import styles from './settings.module.css';
import { areas, makeToken } from './tokens';

const all = areas.map((area) => ({ area, write: true }));
const first = { device: 'r' };
const lengths = [7, 30, 90, 365, 0];
const list = ['tokens'];

/** A token of the server; with an example of what to do with it. */
export function MakeToken({ onClose }: { onClose: () => void }) {
  const t = useTranslations('settings');
  return (
    <TokenForm areas={all} first={first} lengths={lengths} make={makeToken} list={list} onClose={onClose}>
      <p className={styles.text}>{t('token.example')}</p>
      <pre className={styles.code}>{`export HAWSER_TOKEN=…\ncurl -H "Authorization: Bearer $HAWSER_TOKEN" \\\n  "${location.origin}${basePath}/api/devices?pageSize=10"`}</pre>
    </TokenForm>
  );
}
