import { Button, Checkbox, Select, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import styles from './books.module.css';
import { entryOf, fields, guessMapping, parseCsv, type Field, type Mapping } from './csv';
import { FileDrop } from './FileDrop';
import { ImportPreview } from './ImportPreview';
import { booksQuery, type Book } from './queries';
import { useImport } from './useImport';

/** A CSV file into a book: which column is what, what would happen, and then that. */
export function ImportPage() {
  const t = useTranslations('books');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(booksQuery);
  const book = data === undefined ? undefined : [data.personal, ...data.data].find((b) => b.guid === id);
  if (error !== null) {
    return (
      <Page title={t('import')}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return book === undefined ? <Page title={t('import')}>{null}</Page> : <Import book={book} />;
}

function Import({ book }: { book: Book }) {
  const t = useTranslations('books');
  const me = useMe();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [rows, setRows] = useState<string[][] | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const [isUpdating, setUpdating] = useState(true);
  const [isTagging, setTagging] = useState(true);
  const { state, run, cancel, reset } = useImport(book.guid);
  const header = rows?.[0] ?? [];
  const entries = useMemo(
    () => (rows ?? []).slice(1).map((row) => entryOf(row, mapping, book.is_personal)),
    [rows, mapping, book.is_personal],
  );
  const read = (csv: string) => {
    const parsed = parseCsv(csv);
    setRows(parsed);
    setMapping(guessMapping(parsed[0] ?? []));
    reset();
  };
  const options = { update: isUpdating, create_tags: isTagging };
  const name = book.is_personal ? t('mine') : book.name;
  const finish = async () => {
    await run(entries, options, false);
    await client.invalidateQueries({ queryKey: ['books'] });
  };
  return (
    <Page title={t('importInto', { name })} suffix={me.server_name} lead={t('importLead')}>
      <Link to="/books/$id" params={{ id: book.guid }}>
        {t('backTo', { name })}
      </Link>
      <Card title={t('step.file')}>
        <FileDrop onText={read} />
        <Textarea
          label={t('paste')}
          rows={4}
          classNames={{ input: 'mono' }}
          placeholder="id,alias,tags,note"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <div className={styles.row}>
          <Button variant="default" disabled={text.trim() === ''} onClick={() => read(text)}>
            {t('readPasted')}
          </Button>
        </div>
      </Card>
      {rows === null ? null : (
        <Card title={t('step.columns')}>
          {entries.length === 0 ? <p className={styles.hint}>{t('noRows')}</p> : <p className={styles.hint}>{t('rowsRead', { count: entries.length })}</p>}
          <div className={styles.mapping}>
            {fields.map((field) => (
              <Select
                key={field}
                label={t(`fields.${field}`)}
                placeholder={t('notThere')}
                clearable={field !== 'id'}
                clearButtonProps={{ 'aria-label': t('clearField', { field: t(`fields.${field}`) }) }}
                disabled={field === 'password' && book.is_personal}
                data={header.map((h, index) => ({ value: String(index), label: h === '' ? t('column', { number: index + 1 }) : `${h} (${index + 1})` }))}
                value={mapping[field] === undefined ? null : String(mapping[field])}
                onChange={(value) => {
                  setMapping(withColumn(mapping, field, value));
                  reset();
                }}
              />
            ))}
          </div>
          <Checkbox label={t('updateExisting')} checked={isUpdating} onChange={(e) => { setUpdating(e.currentTarget.checked); reset(); }} />
          <Checkbox label={t('createTags')} checked={isTagging} onChange={(e) => { setTagging(e.currentTarget.checked); reset(); }} />
          <div className={styles.row}>
            <Button
              variant={state.results === null ? 'filled' : 'default'}
              disabled={mapping.id === undefined || entries.length === 0}
              loading={state.isRunning && state.isTrial}
              onClick={() => void run(entries, options, true)}
            >
              {t('tryIt')}
            </Button>
          </div>
        </Card>
      )}
      <ImportPreview entries={entries} state={state} onImport={() => void finish()} onCancel={cancel} />
    </Page>
  );
}

function withColumn(mapping: Mapping, field: Field, value: string | null): Mapping {
  const rest = Object.entries(mapping).filter(([name]) => name !== field);
  return Object.fromEntries(value === null ? rest : [...rest, [field, Number(value)]]);
}
