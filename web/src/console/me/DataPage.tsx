import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useFormatter, useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { FormError } from '../../ui/FormError';
import { MePage } from './MePage';
import styles from './me.module.css';
import { ownDataFile, ownDataQuery, readyOwnData } from './queries';

/** What the server holds about the person, how long, who sees it; and all of it to take away. */
export function DataPage() {
  const t = useTranslations('me');
  const format = useFormatter();
  const { data, error, refetch } = useQuery(ownDataQuery);
  const fetchFile = useMutation({
    mutationFn: readyOwnData,
    // The browser saves it while the server writes; the page stays.
    onSuccess: () => location.assign(basePath + ownDataFile),
  });
  return (
    <MePage
      page="data"
      title={t('data')}
      lead={t('dataLead')}
      actions={
        <Button leftSection={<IconDownload size={16} aria-hidden />} loading={fetchFile.isPending} onClick={() => fetchFile.mutate()}>
          {t('dataDownload')}
        </Button>
      }
    >
      <FormError error={fetchFile.error} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Card title={t('dataSeen')}>
            <p className={styles.text}>{t('dataAdmins', { count: data.administrators })}</p>
            <p className={styles.text}>{t('dataStaff', { count: data.staff })}</p>
          </Card>
          <Card title={t('dataHeld')} isFlush>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t('dataKind')}</th>
                  <th scope="col" className={styles.number}>{t('dataRows')}</th>
                  <th scope="col">{t('dataKept')}</th>
                </tr>
              </thead>
              <tbody>
                {data.kinds.map(({ kind, rows, days, closed }) => (
                  <tr key={kind}>
                    <th scope="row">
                      {t(`kinds.${kind}`)}
                      {closed ? <span className={styles.muted}>{t('dataClosed')}</span> : null}
                    </th>
                    <td className={styles.number}>{format.number(rows)}</td>
                    <td>{days === 0 ? t('dataForever') : t('dataDays', { count: days })}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Card>
        </>
      )}
    </MePage>
  );
}
