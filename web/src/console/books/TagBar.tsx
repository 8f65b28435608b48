import { Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ListSearch } from '../../ui/DataTable/listSearch';
import styles from './books.module.css';
import { tagsOf, tagsQuery, tagsText } from './queries';
import { TagChip } from './TagChip';

type Props = { book: string; list: ListSearch; onChange: (changes: Record<string, string | undefined>) => void };

const shownAtFirst = 12;

/** The book's tags as switches of the list; with several, whether one of them is enough. */
export function TagBar({ book, list, onChange }: Props) {
  const t = useTranslations('books');
  const { data = [] } = useQuery(tagsQuery(book));
  const [isLong, setLong] = useState(false);
  const chosen = tagsOf(list);
  if (data.length === 0) return null;
  const shown = isLong ? data : data.filter((tag, index) => index < shownAtFirst || chosen.includes(tag.name));
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((c) => c !== name) : [...chosen, name];
    onChange({ tag: tagsText(next), untagged: undefined, ...(next.length < 2 ? { match: undefined } : {}) });
  };
  return (
    <div className={styles.tagBar} role="group" aria-label={t('byTag')}>
      {shown.map((tag) => (
        <TagChip key={tag.name} tag={tag} count={tag.count} isOn={chosen.includes(tag.name)} onToggle={() => toggle(tag.name)} />
      ))}
      {data.length > shown.length ? (
        <Button size="xs" variant="subtle" onClick={() => setLong(true)}>
          {t('moreTags', { count: data.length - shown.length })}
        </Button>
      ) : null}
      {chosen.length > 1 ? (
        <Switch
          label={t('allOfThem')}
          checked={list.filters.match === 'all'}
          onChange={(e) => onChange({ match: e.currentTarget.checked ? 'all' : undefined })}
        />
      ) : null}
    </div>
  );
}
