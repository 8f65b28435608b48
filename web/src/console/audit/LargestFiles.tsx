import { useTranslations } from 'use-intl';
import { Facts } from '../../ui/Card';
import { PlainLink } from '../../ui/PlainLink';
import { useBytes } from '../../ui/useBytes';
import type { Transfer } from './queries';

/** The names that the device told: of many files the largest; and the session that they were moved in. */
export function LargestFiles({ transfer: f }: { transfer: Transfer }) {
  const t = useTranslations('audit');
  const bytes = useBytes();
  return (
    <>
      {f.info.files.length === 0 ? null : (
        <section aria-label={t('largest')}>
          <h3>{t('largest')}</h3>
          <Facts items={f.info.files.map(([name, size]) => [name, bytes(size)] as const)} />
        </section>
      )}
      {f.connection === undefined ? null : <PlainLink to={`/audit/connections?guid=${f.connection}`} text={t('itsSession')} />}
      <PlainLink to={`/audit/files?device=${encodeURIComponent(f.device_id)}`} text={t('filesOf')} />
    </>
  );
}
