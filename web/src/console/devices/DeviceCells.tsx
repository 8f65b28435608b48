import { IconFingerprint } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { Status } from '../../ui/Status';
import styles from './devices.module.css';
import type { Device } from './queries';

type Props = { device: Device };

/** The strategy that is in effect, and what it comes from. */
export function EffectiveStrategy({ device }: Props) {
  const t = useTranslations('devices.effective');
  const me = useMe();
  if (device.decided_by === '') return <span className={styles.fact}>{t('none')}</span>;
  const from = t(`from.${device.decided_by}`);
  const text = device.effective_strategy === '' ? t('disabled', { name: device.disabled_strategy }) : device.effective_strategy;
  return (
    <span title={from}>
      {can(me, 'strategies.view') ? <PlainLink className="cut" to={`/devices/${device.id}/policy`} text={text} /> : <span className="cut">{text}</span>}
    </span>
  );
}

/** The address books with it that the reader may open. */
export function DeviceBooks({ device }: Props) {
  const t = useTranslations('devices');
  if (device.books.length === 0) return null;
  return (
    <span className={styles.links}>
      {device.books.map((book) => (
        <PlainLink key={book.guid} className="cut" to={`/books/${book.guid}`} text={book.name === '' ? t('myBook') : book.name} />
      ))}
    </span>
  );
}

/** What is odd about who it is. */
export function IdentityNotes({ device }: Props) {
  const t = useTranslations('devices.identityNotes');
  return (
    <span className={styles.links}>
      {device.identity_notes.map((note) =>
        note === 'renamed' ? (
          <span key={note} className={styles.fact}>{t('renamed', { id: groupedId(device.former_id) })}</span>
        ) : (
          <Status key={note} tone={note === 'conflict' ? 'bad' : 'warn'} icon={IconFingerprint} word={t(note)} title={t(`hints.${note}`)} />
        ),
      )}
    </span>
  );
}
