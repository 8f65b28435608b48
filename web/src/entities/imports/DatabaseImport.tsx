import { Button, FileInput, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { fileNameFor, placesQuery, sendFiles, startImport, tryImport, type DatabaseKind, type ImportSource } from '../../api/imports';
import { FormError } from '../../ui/FormError';
import { ImportWork } from './ImportWork';
import { TrialResult } from './TrialResult';
import styles from './imports.module.css';

const bases = { hbbs: 'db_v2.sqlite3', rustdesk_api: 'rustdeskapi.db' } as const;
const sent = '\n';

/** A database of another server: sent from here, or lying in the server's import folder. */
export function DatabaseImport({ kind }: { kind: DatabaseKind }) {
  const t = useTranslations('imports');
  const { data: places } = useQuery(placesQuery);
  const [place, setPlace] = useState(sent);
  const [files, setFiles] = useState<File[]>([]);
  const trial = useMutation({
    mutationFn: async () => {
      const source: ImportSource = place === sent ? await sendFiles(kind, files) : { folder: place };
      return { source, ...(await tryImport(kind, source)) };
    },
  });
  const start = useMutation({
    mutationFn: ({ source, id, takesKey }: { source: ImportSource; id: string; takesKey: boolean }) => startImport(kind, source, id, takesKey),
  });
  const folders = (places?.folders ?? []).filter((f) => f.files.includes(bases[kind]));
  const unknown = files.filter((f) => fileNameFor(kind, f.name) === null).map((f) => f.name);
  const isReady = place === sent ? files.some((f) => fileNameFor(kind, f.name) === bases[kind]) : true;
  const forget = () => {
    trial.reset();
    start.reset();
  };
  return (
    <section className={styles.part}>
      {folders.length === 0 ? (
        places === undefined ? null : <p className={styles.text}>{t('folderHint', { folder: places.root })}</p>
      ) : (
        <Select
          label={t('where')}
          allowDeselect={false}
          data={[
            { value: sent, label: t('fromHere') },
            ...folders.map((f) => ({ value: f.name, label: t('folder', { name: f.name === '.' ? (places?.root ?? '') : f.name }) })),
          ]}
          value={place}
          onChange={(value) => {
            setPlace(value ?? sent);
            forget();
          }}
        />
      )}
      {place === sent ? (
        <FileInput
          multiple
          label={t('files')}
          description={t(`kinds.${kind}.files`)}
          placeholder={t('chooseFiles')}
          clearable
          clearButtonProps={{ 'aria-label': t('clear') }}
          value={files}
          onChange={(chosen) => {
            setFiles(chosen);
            forget();
          }}
        />
      ) : null}
      {unknown.length === 0 ? null : <p className={styles.text}>{t('ignored', { names: unknown.join(', ') })}</p>}
      <FormError error={trial.error ?? start.error} />
      <div className={styles.row}>
        <Button variant="default" disabled={!isReady} loading={trial.isPending} onClick={() => { start.reset(); trial.mutate(); }}>
          {t('try')}
        </Button>
      </div>
      {trial.data === undefined || start.data !== undefined ? null : (
        <TrialResult
          kind={kind}
          trial={trial.data}
          isBusy={start.isPending}
          onStart={(takesKey) => start.mutate({ source: trial.data.source, id: trial.data.trial, takesKey })}
        />
      )}
      {start.data === undefined ? null : <ImportWork guid={start.data.guid} kind={kind} tookKey={start.variables.takesKey} />}
    </section>
  );
}
