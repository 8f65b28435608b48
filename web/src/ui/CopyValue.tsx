import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { copyText } from './copyText';
import styles from './CopyValue.module.css';

type Props = { value: string; label: string; shown?: string; isBlock?: boolean };

/** A value to be taken away. Without a secure context browsers offer the old way only. */
export function CopyValue({ value, label, shown, isBlock = false }: Props) {
  const t = useTranslations('common');
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void copyText(value).then((done) => {
      setCopied(done);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  const name = isCopied ? t('copied') : t('copy', { what: label });
  return (
    <span className={isBlock ? `${styles.value} ${styles.block}` : styles.value}>
      <span className={`mono ${styles.text}`}>{shown ?? value}</span>
      <Tooltip label={name}>
        <ActionIcon variant="subtle" color="gray" size="md" aria-label={name} onClick={copy}>
          {isCopied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
