import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../FormError';
import styles from './ConflictView.module.css';

type Row = { name: string; label: string; mine: unknown; theirs: unknown; show: ((value: unknown) => string) | undefined };

type Props = {
  rows: readonly Row[];
  error: unknown;
  isBusy: boolean;
  onCancel: () => void;
  onChoose: (theirs: string[]) => void;
};

/** Two people changed the same: both values of each field, and one is chosen. */
export function ConflictView({ rows, error, isBusy, onCancel, onChoose }: Props) {
  const t = useTranslations('conflict');
  const c = useTranslations('common');
  const [theirs, setTheirs] = useState<string[]>([]);
  const word = (value: unknown, show: Row['show']) => {
    const text = show === undefined ? (typeof value === 'boolean' ? t(value ? 'on' : 'off') : plain(value)) : show(value);
    return text === '' ? t('empty') : text;
  };
  return (
    <Modal opened onClose={onCancel} title={t('title')} zIndex={300} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <div>{t('text')}</div>
        <FormError error={error} />
        {rows.map(({ name, label, mine, theirs: other, show }) => (
          <Radio.Group
            key={name}
            label={label}
            value={theirs.includes(name) ? 'theirs' : 'mine'}
            onChange={(value) => setTheirs(value === 'theirs' ? [...theirs, name] : theirs.filter((one) => one !== name))}
          >
            <Stack gap="xs" className={styles.values ?? ''}>
              <Radio value="mine" label={t('mine', { value: word(mine, show) })} />
              <Radio value="theirs" label={t('theirs', { value: word(other, show) })} />
            </Stack>
          </Radio.Group>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
          <Button loading={isBusy} onClick={() => onChoose(theirs)} data-autofocus>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const plain = (value: unknown) =>
  value === undefined || value === null ? '' : typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
