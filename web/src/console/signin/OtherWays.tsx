import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useSecondsLeft } from '../../ui/useSecondsLeft';
import { hasPasskeys, type Way } from './queries';
import styles from './SignInCard.module.css';

type Props = {
  way: Way;
  ways: readonly Way[];
  isBusy: boolean;
  onResend: () => void;
  onWay: (way: Way) => void;
};

const apart = 30_000;

/** What else the account has, behind one button; and the code once more, when it was sent a while ago. */
export function OtherWays({ way, ways, isBusy, onResend, onWay }: Props) {
  const t = useTranslations('signin');
  const [isOpen, setOpen] = useState(false);
  const isSent = way === 'email' || way === 'sms';
  const [sentAt] = useState(() => Date.now());
  const left = useSecondsLeft(isSent ? sentAt + apart : null) ?? 0;
  const others = ways.filter((w) => w !== way && (w !== 'passkey' || hasPasskeys()));

  return (
    <>
      {isSent ? (
        <Button variant="subtle" disabled={left > 0 || isBusy} onClick={onResend}>
          {left > 0 ? t('resendIn', { seconds: left }) : t('resend')}
        </Button>
      ) : null}
      {others.length === 0 ? null : isOpen ? (
        <ul className={styles.ways} aria-label={t('otherWay')}>
          {others.map((w) => (
            <li key={w}>
              <Button fullWidth variant="default" loading={isBusy} onClick={() => onWay(w)}>
                {t(`ways.${w}`)}
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <Button variant="subtle" onClick={() => setOpen(true)}>
          {t('otherWay')}
        </Button>
      )}
    </>
  );
}
