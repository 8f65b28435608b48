import { useTranslations } from 'use-intl';
import { CopyValue } from './CopyValue';
import { Facts } from './Card';
import { QrCode } from './QrCode';
import styles from './ClientSetupCard.module.css';

type Props = { host: string; publicKey: string; configuration: string; installer: string };

/** Everything that a client takes: the text, its picture, the installer's name, the command. */
export function ClientSetupCard({ host, publicKey, configuration, installer }: Props) {
  const t = useTranslations('client');
  return (
    <div className={styles.setup}>
      <QrCode text={`config=${configuration}`} label={t('qr')} />
      <div className={styles.texts}>
        <p className={styles.text}>{t('text')}</p>
        <CopyValue value={configuration} label={t('configuration')} isBlock />
        <Facts
          items={[
            [t('host'), <CopyValue key="host" value={host} label={t('host')} />],
            [t('key'), <CopyValue key="key" value={publicKey} label={t('key')} />],
            [t('installer'), <CopyValue key="installer" value={installer} label={t('installer')} />],
            [
              t('command'),
              <CopyValue key="command" value={`rustdesk --config ${configuration}`} label={t('command')} />,
            ],
          ]}
        />
      </div>
    </div>
  );
}
