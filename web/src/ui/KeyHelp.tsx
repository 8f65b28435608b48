import { Kbd, Modal, Stack, Switch } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { savePreferences, usePreferences } from '../api/preferences';
import styles from './KeyHelp.module.css';
import { letterFor } from './keyNames';
import { useProblemText } from './problemText';
import { complain } from './toast';

type Props = { rows: readonly (readonly [keys: string, text: string])[]; onClose: () => void };

/** What keys do, and a switch for those who don't want single letters to do anything. */
export function KeyHelp({ rows, onClose }: Props) {
  const t = useTranslations('list');
  const c = useTranslations('common');
  const textOf = useProblemText();
  const { keys, keys_off: isOff } = usePreferences();
  // What comes after g has letters of its own.
  const letterOf = (row: string, one: string, index: number) =>
    index > 0 && row.startsWith('g ') ? letterFor(keys, `g ${one}`) : letterFor(keys, one);
  return (
    <Modal opened onClose={onClose} title={t('shortcuts')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <dl className={styles.keys}>
          {rows.map(([row, text]) => (
            <div key={row} className={styles.row}>
              <dt>
                {row.split(' ').map((one, index) => (
                  <Kbd key={one}>{letterOf(row, one, index)}</Kbd>
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
