import { Alert, Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { readTrialQuery, startImport, startReading, type ProReading } from '../../api/imports';
import { isOver, jobQuery } from '../../api/jobs';
import { FormError } from '../../ui/FormError';
import { useFieldErrors } from '../../ui/problemText';
import { ImportWork } from './ImportWork';
import { ReadingWork } from './ReadingWork';
import { TrialResult } from './TrialResult';
import styles from './imports.module.css';

/** A server that runs: it is read by a token first, then tried, then taken over. */
export function ProImport() {
  const t = useTranslations('imports');
  const fieldsOf = useFieldErrors();
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const [isPlain, setPlain] = useState(false);
  // The token leaves this page's memory with the request.
  const read = useMutation({ mutationFn: startReading, gcTime: 0, onSuccess: () => setToken('') });
  const start = useMutation({ mutationFn: ({ upload, trial }: { upload: string; trial: string }) => startImport('pro_api', { upload }, trial, false) });
  const guid = read.data?.guid ?? '';
  const { data: job } = useQuery({ ...jobQuery(guid), enabled: guid !== '' });
  const result = job !== undefined && isOver(job) ? (job.result as ProReading | undefined) : undefined;
  const upload = result?.fault === '' ? result.upload : '';
  const trial = useQuery({ ...readTrialQuery(upload), enabled: upload !== '' && start.data === undefined });
  const isHttp = url.trim().toLowerCase().startsWith('http://');
  const isBusy = read.isPending || (job !== undefined && !isOver(job)) || trial.isFetching;
  const errors = fieldsOf(read.error);
  const forget = () => {
    read.reset();
    start.reset();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    start.reset();
    read.mutate({ url: url.trim(), token: token.trim(), plain_http: isHttp && isPlain });
  };
  return (
    <section className={styles.part}>
      <form className={styles.part} onSubmit={submit}>
        <TextInput
          label={t('pro.url')}
          description={t('pro.urlHelp')}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={url}
          error={errors.url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            forget();
          }}
        />
        {isHttp ? (
          <Alert color="yellow" variant="light">
            <Checkbox label={t('pro.plain')} description={t('pro.plainHelp')} checked={isPlain} onChange={(event) => setPlain(event.currentTarget.checked)} />
          </Alert>
        ) : null}
        <PasswordInput
          label={t('pro.token')}
          description={t('pro.tokenHelp')}
          autoComplete="off"
          value={token}
          error={errors.token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <FormError error={read.error ?? trial.error ?? start.error} />
        <div className={styles.row}>
          <Button type="submit" variant="default" disabled={url.trim() === '' || token.trim() === '' || (isHttp && !isPlain)} loading={isBusy}>
            {t('pro.read')}
          </Button>
        </div>
      </form>
      {guid === '' ? null : <ReadingWork job={job} />}
      {trial.data === undefined || upload === '' || start.data !== undefined ? null : (
        <TrialResult kind="pro_api" trial={trial.data} isBusy={start.isPending} onStart={() => start.mutate({ upload, trial: trial.data.trial })} />
      )}
      {start.data === undefined ? null : <ImportWork guid={start.data.guid} kind="pro_api" />}
    </section>
  );
}
