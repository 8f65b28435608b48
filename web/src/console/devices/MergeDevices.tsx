import { Radio, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import styles from './devices.module.css';
import { mergeDevices, mergeQuery } from './merge';
import { lastSeen, nameOf, type Device } from './queries';

type Props = { pair: readonly [Device, Device]; onClose: () => void; onMerged: (stays: Device) => void };

/** Which of two rows of one machine stays, and what it gets from the other one. */
export function MergeDevices({ pair, onClose, onMerged }: Props) {
  const t = useTranslations('devices.merge');
  const client = useQueryClient();
  const textOf = useProblemText();
  // The one that is there, or was there last, is the machine as it is now.
  const [first, second] = pair;
  const isSecondNewer = second.is_online !== first.is_online ? second.is_online : lastSeen(second) > lastSeen(first);
  const [stays, setStays] = useState(isSecondNewer ? second.guid : first.guid);
  const [kept, gone] = stays === first.guid ? [first, second] : [second, first];
  const preview = useQuery(mergeQuery(kept.guid, gone.guid));
  const merge = useMutation({
    mutationFn: (reason: string) => mergeDevices(kept.guid, gone.guid, reason),
    onSuccess: async () => {
      say(t('done', { name: nameOf(kept) }));
      onMerged(kept);
      await client.invalidateQueries({ queryKey: ['devices'] });
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const moved = preview.data;
  const isReady = moved !== undefined && !preview.isPlaceholderData && !moved.other_online;
  return (
    <ConfirmTyped
      isOpen
      title={t('title')}
      action={t('action')}
      word={gone.id}
      isBusy={merge.isPending}
      isBlocked={!isReady}
      hasReason
      onCancel={onClose}
      onConfirm={(reason) => merge.mutate(reason)}
    >
      <Stack gap="md">
        <p className={styles.plain}>{t('text')}</p>
        <Radio.Group label={t('stays')} value={stays} onChange={setStays}>
          <Stack gap="xs" mt="xs">
            {pair.map((device) => (
              <Radio
                key={device.guid}
                value={device.guid}
                label={
                  <>
                    {nameOf(device)} · <span className="mono">{groupedId(device.id)}</span> · <TimeText iso={lastSeen(device)} />
                  </>
                }
              />
            ))}
          </Stack>
        </Radio.Group>
        {preview.error === null ? null : <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
        {moved === undefined ? null : (
          <section aria-label={t('moves')} aria-live="polite">
            <h3>{t('moves')}</h3>
            <ul>
              <li>{t('history', { sessions: moved.sessions, files: moved.files, recordings: moved.recordings, alarms: moved.alarms })}</li>
              <li>{t('books', { books: moved.books })}</li>
              {moved.books_with_both === 0 ? null : <li>{t('booksTwice', { books: moved.books_with_both })}</li>}
              {moved.rules === 0 ? null : <li>{t('rules', { rules: moved.rules })}</li>}
              {moved.device_groups.length === 0 ? null : <li>{t('groups', { names: moved.device_groups.join(', ') })}</li>}
              {moved.user_name === '' ? null : <li>{t('owner', { name: moved.user_name })}</li>}
              {moved.strategy_name === '' ? null : <li>{t('strategy', { name: moved.strategy_name })}</li>}
            </ul>
            <p className={styles.plain}>{t('gone', { id: groupedId(gone.id) })}</p>
            {moved.other_online ? <p role="alert">{t('online', { name: nameOf(gone) })}</p> : null}
          </section>
        )}
      </Stack>
    </ConfirmTyped>
  );
}
