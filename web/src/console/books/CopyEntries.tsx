import { Button, Checkbox, Group, Modal, SegmentedControl, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import styles from './books.module.css';
import { booksQuery, workOn, type Book, type Which } from './queries';
import { useEntryWork } from './useEntryWork';

type Props = { book: Book; which: Which; count: number; onClose: () => void; onDone: () => void };

/** A selection into another book: what would happen there, and what becomes of passwords, is said before. */
export function CopyEntries({ book, which, count, onClose, onDone }: Props) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const { data: books } = useQuery(booksQuery);
  const { start } = useEntryWork(book);
  const mayEdit = book.rule >= 2;
  const [action, setAction] = useState<'copy' | 'move'>('copy');
  const [to, setTo] = useState('');
  const [isTaking, setTaking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const others = books === undefined ? [] : [books.personal, ...books.data].filter((b) => b.guid !== book.guid && b.rule >= 2);
  const nameOf = (b: Book) => (b.is_personal ? t('mine') : b.name);
  const target = others.find((b) => b.guid === to);
  const { data: trial, error } = useQuery({
    queryKey: ['books', book.guid, 'copy', to, which],
    queryFn: ({ signal }) => workOn(book.guid, which, { action: 'copy', to, dry_run: true }, signal),
    enabled: target !== undefined,
    retry: false,
  });
  const name = target === undefined ? '' : nameOf(target);
  const passwords = trial?.passwords ?? 0;
  const canTake = mayEdit && !book.is_personal && target?.is_personal === false;
  const go = async () => {
    setBusy(true);
    if (await start(which, { action, to, ...(isTaking && canTake ? { with_passwords: true } : {}) }, trial?.ids.length ?? 0, name)) onDone();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t('copy.title', { count })} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <FormError error={error} />
        {mayEdit ? (
          <SegmentedControl
            aria-label={t('copy.title', { count })}
            value={action}
            onChange={(value) => setAction(value === 'move' ? 'move' : 'copy')}
            data={[
              { value: 'copy', label: t('copy.copy') },
              { value: 'move', label: t('copy.move') },
            ]}
          />
        ) : null}
        <Select
          label={t('copy.to')}
          data={others.map((b) => ({ value: b.guid, label: nameOf(b) }))}
          value={to === '' ? null : to}
          searchable
          nothingFoundMessage={t('nothingToPick')}
          onChange={(guid) => setTo(guid ?? '')}
          {...(others.length === 0 ? { description: t('copy.none') } : {})}
        />
        {trial === undefined || target === undefined ? null : (
          <div role="status" className={styles.said}>
            <p>{t('copy.would', { count: trial.ids.length, kept: trial.kept, refused: trial.refused, name })}</p>
            {trial.refused > 0 ? <p>{trial.reason}</p> : null}
            {action === 'move' && trial.kept > 0 ? <p>{t('copy.keptHere', { count: trial.kept })}</p> : null}
            {passwords === 0 ? null : (
              <p>{canTake ? t('copy.passwords', { count: passwords }) : t(book.is_personal ? 'copy.hashes' : 'copy.passwordsNot', { count: passwords })}</p>
            )}
            {book.password_set ? <p>{t('copy.bookPassword', { name })}</p> : null}
          </div>
        )}
        {canTake && passwords > 0 ? (
          <Checkbox
            label={t('copy.take')}
            description={t('copy.takeHelp', { name })}
            checked={isTaking}
            onChange={(e) => setTaking(e.currentTarget.checked)}
          />
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={trial === undefined || trial.ids.length === 0} loading={isBusy} onClick={() => void go()}>
            {t(action === 'copy' ? 'copy.copyNow' : 'copy.moveNow', { count: trial?.ids.length ?? 0 })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
