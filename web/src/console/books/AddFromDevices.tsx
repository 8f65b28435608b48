import { Button, Checkbox, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { Pager } from '../../ui/DataTable/Pager';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import styles from './books.module.css';
import { tagsQuery, type Book, type EntryChange } from './queries';
import { useEntryWork } from './useEntryWork';

type Found = { id: string; info: { device_name: string } };

/** Devices of this server into a book; what was ticked stays ticked whatever is searched next. */
export function AddFromDevices({ book, onClose }: { book: Book; onClose: () => void }) {
  const t = useTranslations('books');
  const c = useTranslations('common');
  const { add: send } = useEntryWork(book);
  const { data: tags = [] } = useQuery(tagsQuery(book.guid));
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const [place, setPlace] = useState({ q: '', page: 1 });
  // Another search begins at its first page.
  const page = place.q === q ? place.page : 1;
  const list = { page, size: 50 };
  const [picked, setPicked] = useState<ReadonlyMap<string, Found>>(() => new Map());
  const [chosen, setChosen] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['devices', 'pick', q, page],
    queryFn: ({ signal }) =>
      call<PageOf<Found>>('GET', `/api/devices${query({ q, current: page, pageSize: list.size, sort: 'device_name' })}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const toggle = (device: Found) => {
    const next = new Map(picked);
    if (!next.delete(device.id)) next.set(device.id, device);
    setPicked(next);
  };
  const add = async () => {
    setBusy(true);
    const rows = [...picked.values()].map((d): EntryChange => ({
      id: d.id,
      alias: d.info.device_name,
      ...(chosen.length === 0 ? {} : { tags: chosen }),
    }));
    if (await send(rows)) onClose();
    setBusy(false);
  };
  return (
    <Modal opened size="lg" onClose={onClose} title={t('fromDevices')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <TextInput
          type="search"
          label={t('searchDevices')}
          data-autofocus
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {data?.total === 0 ? <p className={styles.hint}>{t('noDevices')}</p> : (
          <ul className={`${styles.list} ${styles.picks}`} aria-label={t('searchDevices')}>
            {(data?.data ?? []).map((device) => (
              <li key={device.id} className={styles.item}>
                <Checkbox
                  className={styles.grow ?? ''}
                  label={`${device.info.device_name === '' ? t('unnamed') : device.info.device_name} · ${groupedId(device.id)}`}
                  checked={picked.has(device.id)}
                  onChange={() => toggle(device)}
                />
              </li>
            ))}
          </ul>
        )}
        {(data?.total ?? 0) > list.size ? (
          <Pager list={list} isFixed total={data?.total} onChange={(to) => setPlace({ q, page: Number(to.page ?? 1) })} />
        ) : null}
        <TagsInput
          label={t('tagsOptional')}
          data={tags.map((tag) => tag.name)}
          clearButtonProps={{ 'aria-label': t('clearTags') }}
          value={chosen}
          onChange={setChosen}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button disabled={picked.size === 0} loading={isBusy} onClick={() => void add()}>
            {t('addPicked', { count: picked.size })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
