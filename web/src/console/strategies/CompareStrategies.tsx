import { Group, Modal, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { differences } from './differences';
import type { Strategy } from './queries';
import styles from './strategies.module.css';

type Props = { strategies: readonly Strategy[]; onClose: () => void };

/** Two strategies side by side: only what differs. */
export function CompareStrategies({ strategies, onClose }: Props) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const [left, setLeft] = useState(strategies[0]?.guid ?? '');
  const [right, setRight] = useState(strategies[1]?.guid ?? '');
  const find = (guid: string) => strategies.find((s) => s.guid === guid);
  const [one, other] = [find(left), find(right)];
  const rows = differences(one?.config_options ?? {}, other?.config_options ?? {});
  const data = strategies.map((s) => ({ value: s.guid, label: s.name }));
  const valueOf = (value: string | undefined) => (value === undefined ? <span className={styles.unset}>{t('notSet')}</span> : value === '' ? t('emptyValue') : value);
  return (
    <Modal opened onClose={onClose} size="lg" title={t('compareTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <Group gap="sm" grow>
          <Select label={t('compareOne')} allowDeselect={false} searchable data={data} value={left} onChange={(guid) => setLeft(guid ?? left)} />
          <Select label={t('compareOther')} allowDeselect={false} searchable data={data} value={right} onChange={(guid) => setRight(guid ?? right)} />
        </Group>
        {rows.length === 0 ? <p className={styles.text}>{t('compareSame')}</p> : (
          <table className={styles.compare}>
            <thead>
              <tr>
                <th scope="col">{t('option')}</th>
                <th scope="col">{one?.name}</th>
                <th scope="col">{other?.name}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  <th scope="row" className="mono">{row.key}</th>
                  <td>{valueOf(row.one)}</td>
                  <td>{valueOf(row.other)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Stack>
    </Modal>
  );
}
