import { IconCircleCheck, IconCircleX, IconDeviceDesktop } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { Status } from '../../ui/Status';
import styles from './access.module.css';

type Props = { sent: Record<string, 'allow' | 'deny'> };

const names = [
  'keyboard',
  'remote_printer',
  'clipboard',
  'file',
  'audio',
  'camera',
  'terminal',
  'tunnel',
  'restart',
  'recording',
  'block_input',
  'remote_modify',
  'privacy_mode',
] as const;

const icons = { allow: IconCircleCheck, deny: IconCircleX, unset: IconDeviceDesktop };
const tones = { allow: 'ok', deny: 'bad', unset: 'neutral' } as const;

/** All thirteen permissions as they are sent to the device with the introduction. */
export function Permissions({ sent }: Props) {
  const t = useTranslations('access');
  const p = useTranslations('permissions');
  return (
    <Card title={t('permissionsThen')}>
      <ul className={styles.permissions} aria-label={t('permissionsThen')}>
        {names.map((name) => {
          const state = sent[name] ?? 'unset';
          return (
            <li key={name}>
              <span>{p(`names.${name}`)}</span>
              <Status tone={tones[state]} icon={icons[state]} word={p(`states.${state}`)} />
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
