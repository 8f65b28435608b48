import { useTranslations } from 'use-intl';
import { installerName, type ClientSetup } from '../api/clientSetup';
import { Facts } from './Card';
import { CopyValue } from './CopyValue';
import { QrCode } from './QrCode';
import styles from './ClientSetupCard.module.css';

const releases = 'https://github.com/rustdesk/rustdesk/releases/latest';
const systems = [
  ['windows', releases],
  ['mac', releases],
  ['linux', releases],
  ['android', releases],
  ['ios', 'https://apps.apple.com/app/id1581225015'],
] as const;

/** Everything that a client takes: the text, its picture, the installer's name, the command; and where clients are. */
export function ClientSetupCard({ setup }: { setup: ClientSetup }) {
  const t = useTranslations('client');
  const { host, relay, api, key, configuration } = setup;
  return (
    <div className={styles.setup}>
      <QrCode text={`config=${configuration}`} label={t('qr')} />
      <div className={styles.texts}>
        <p className={styles.text}>{t('text')}</p>
        <CopyValue value={configuration} label={t('configuration')} isBlock />
        <Facts
          items={[
            [t('host'), <CopyValue key="host" value={host} label={t('host')} />],
            [t('relay'), relay === '' ? t('relayBeside') : <CopyValue key="relay" value={relay} label={t('relay')} />],
            [t('api'), api === '' ? t('apiFound') : <CopyValue key="api" value={api} label={t('api')} />],
            [t('key'), <CopyValue key="key" value={key} label={t('key')} />],
            [t('installer'), <CopyValue key="installer" value={installerName(setup)} label={t('installer')} />],
            [
              t('command'),
              <CopyValue key="command" value={`rustdesk --config ${configuration}`} label={t('command')} />,
            ],
            [
              t('install'),
              <span key="install" className={styles.systems}>
                {systems.map(([name, href]) => (
                  <a key={name} href={href} target="_blank" rel="noopener noreferrer">
                    {t(`systems.${name}`)}
                  </a>
                ))}
              </span>,
            ],
          ]}
        />
      </div>
    </div>
  );
}
