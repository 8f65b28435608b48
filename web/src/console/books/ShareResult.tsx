import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import styles from './books.module.css';
import { personQuery, type Book, type Share } from './queries';
import { resultOf } from './shareRules';

/** What somebody ends up with, and by which rule. */
export function ShareResult({ book, shares }: { book: Book; shares: readonly Share[] }) {
  const t = useTranslations('books');
  const me = useMe();
  const [name, setName] = useState('');
  const { data: person } = useQuery(personQuery(name));
  if (!can(me, 'users.view')) return null;
  const result = person === undefined || person === null ? null : resultOf(person, book.owner, shares);
  return (
    <Card title={t('whoGets')}>
      <p className={styles.hint}>{t('precedence')}</p>
      <div className={styles.row}>
        <NamePicker kind="users" label={t('kinds.user')} value={name} onChange={setName} />
      </div>
      {result === null ? null : (
        <p role="status">
          {t(`results.${result.by}`, {
            name,
            right: result.rule === 0 ? '' : t(`rulesLong.${result.rule}`),
            group: person?.group_name ?? '',
          })}
        </p>
      )}
    </Card>
  );
}
