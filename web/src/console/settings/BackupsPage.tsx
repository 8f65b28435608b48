import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { useBytes } from '../../ui/useBytes';
import { BackupSchedule } from './BackupSchedule';
import { backupsQuery, deleteBackup, downloadBackup, type Backup } from './backups';
import { MakeBackup } from './MakeBackup';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

/** Backups: those that are there, one now, how one is put back. */
export function BackupsPage() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(backupsQuery);
  const [doomed, setDoomed] = useState<Backup | null>(null);
  const fail = (problem: unknown) => complain(textOf(problem));
  const fetching = useMutation({ mutationFn: downloadBackup, onError: fail });
  const remove = useMutation({
    mutationFn: (backup: Backup) => deleteBackup(backup.name),
    onSuccess: async (_, backup) => {
      await client.invalidateQueries({ queryKey: backupsQuery.queryKey });
      say(t('backup.deleted', { name: backup.name }));
    },
    onError: fail,
    onSettled: () => setDoomed(null),
  });
  return (
    <SettingsPage page="backups" lead={t('backupsLead')}>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <Card title={t('backup.now')}>
        <MakeBackup />
      </Card>
      <BackupSchedule />
      {data?.length === 0 ? <Empty title={t('backup.none')} text={t('backup.noneText')} /> : null}
      {data === undefined || data.length === 0 ? null : (
        <Card title={t('backup.kept')}>
          <ul className={styles.list}>
            {data.map((backup) => (
              <BackupRow
                key={backup.name}
                backup={backup}
                isBusy={fetching.isPending && fetching.variables === backup.name}
                onFetch={() => fetching.mutate(backup.name)}
                onDelete={() => setDoomed(backup)}
              />
            ))}
          </ul>
        </Card>
      )}
      <Card title={t('backup.restore')}>
        <p className={styles.text}>{t('backup.restoreText')}</p>
        <CopyValue isBlock value={`hawser restore ${data?.[0]?.name ?? 'hawser.zip'} --data /var/lib/hawser`} label={t('backup.restore')} />
        <p className={styles.text}>{t('backup.secret')}</p>
      </Card>
      <Confirm
        isOpen={doomed !== null}
        title={t('backup.deleteTitle', { name: doomed?.name ?? '' })}
        action={t('backup.delete')}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.mutate(doomed)}
      >
        {t('backup.deleteText')}
      </Confirm>
    </SettingsPage>
  );
}

type RowProps = { backup: Backup; isBusy: boolean; onFetch: () => void; onDelete: () => void };

function BackupRow({ backup, isBusy, onFetch, onDelete }: RowProps) {
  const t = useTranslations('settings');
  const bytes = useBytes();
  return (
    <li className={styles.item}>
      <span className={styles.grow}>
        <span className={styles.name}>{backup.name}</span>
        <span className={styles.sub}>
          <TimeText iso={isoOf(backup.created_at)} /> {` · ${bytes(backup.size)}`}
        </span>
      </span>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        aria-label={t('backup.downloadOf', { name: backup.name })}
        loading={isBusy}
        onClick={onFetch}
      >
        {t('backup.download')}
      </Button>
      <Button variant="subtle" color="red" aria-label={t('backup.deleteOf', { name: backup.name })} onClick={onDelete}>
        {t('backup.delete')}
      </Button>
    </li>
  );
}
