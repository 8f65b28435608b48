import { Button, Group } from '@mantine/core';
import { IconLayoutList, IconMaximize } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { Connection } from '../../api/sessions';
import { deviceOf, keyOfConnection, useConnectionColumns } from '../../entities/ConnectionTable';
import { DataTable } from '../../ui/DataTable/DataTable';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import styles from './Wallboard.module.css';

type Props = {
  suffix: string;
  rows: readonly Connection[] | undefined;
  total: number;
  error: unknown;
  onRetry: () => void;
  onLeave: () => void;
};

const noSort = () => undefined;

/** Who is on what for a screen on the wall: cards, and nothing to press by mistake. */
export function Wallboard({ suffix, rows, total, error, onRetry, onLeave }: Props) {
  const t = useTranslations('sessions');
  const columns = useConnectionColumns({ isLive: true });
  const board = useRef<HTMLDivElement>(null);
  return (
    <Page
      title={t('title')}
      suffix={suffix}
      actions={
        <Group gap="xs">
          {document.fullscreenEnabled ? (
            <Button variant="default" leftSection={<IconMaximize size={16} aria-hidden />} onClick={() => void board.current?.requestFullscreen().catch(noSort)}>
              {t('fullScreen')}
            </Button>
          ) : null}
          <Button variant="default" leftSection={<IconLayoutList size={16} aria-hidden />} onClick={onLeave}>
            {t('asList')}
          </Button>
        </Group>
      }
    >
      <div ref={board} className={styles.board}>
        {error === null ? null : <ErrorPanel error={error} onRetry={onRetry} />}
        {rows === undefined ? null : <p className={styles.count}>{t('now', { count: total })}</p>}
        {rows?.length === 0 ? (
          <Empty title={t('empty')} text={t('emptyText')} />
        ) : (
          <DataTable
            isBoard
            label={t('title')}
            columns={columns}
            rows={rows}
            keyOf={keyOfConnection}
            nameOf={deviceOf}
            sort=""
            onSort={noSort}
          />
        )}
      </div>
    </Page>
  );
}
