import { Kbd, Modal, Stack, Switch } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { savePreferences, usePreferences } from '../../api/preferences';
import { letterFor } from '../keyNames';
import { useProblemText } from '../problemText';
import { complain } from '../toast';
import styles from './Shortcuts.module.css';

type Props = { more: readonly (readonly [string, string])[]; canSelect: boolean; onClose: () => void };

/** What the keys do here, and a switch for those who don't want single letters to do anything. */
export function Shortcuts({ more, canSelect, onClose }: Props) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const textOf = useProblemText();
  const { keys, keys_off: isOff } = usePreferences();
  const rows: (readonly [string, string])[] = [
    ['/', t('keys.search')],
    ['j k', t('keys.rows')],
    ...(canSelect ? ([['x', t('keys.select')], ['Shift x', t('keys.range')]] as const) : []),
    ['Enter', t('keys.open')],
    ['p', t('keys.peek')],
    ...more,
    ['r', t('keys.reload')],
    ['Esc', t('keys.close')],
    ['g', t('keys.go')],
    ['Ctrl K', t('keys.palette')],
    ['?', t('keys.help')],
  ];
  return (
    <Modal opened onClose={onClose} title={t('shortcuts')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <dl className={styles.keys}>
          {rows.map(([key, text]) => (
            <div key={key} className={styles.row}>
              <dt>
                {key.split(' ').map((one) => (
                  <Kbd key={one}>{letterFor(keys, one)}</Kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label={t('keys.switch')}
          checked={!isOff}
          onChange={(event) => {
            const change = { keys_off: !event.currentTarget.checked };
            savePreferences(change).catch((problem: unknown) => complain(textOf(problem)));
          }}
        />
      </Stack>
    </Modal>
  );
}
