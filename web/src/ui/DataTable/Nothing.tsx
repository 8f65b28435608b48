import { Button } from '@mantine/core';
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { Empty } from '../Empty';
import { withoutFilters, type ListSearch } from './listSearch';

type Counted = { total: number };

/** How a list is read, whatever else is in it. */
export type Ask = (list: ListSearch) => { queryKey: readonly unknown[] };

type Props = { list: ListSearch; ask?: Ask | undefined; isWhole: boolean; onClear: () => void };

/** Nothing has all that is asked for: how many there are without that, and the way there. */
export function Nothing({ list, ask, isWhole, onClear }: Props) {
  const t = useTranslations('list');
  // What is asked when nothing narrows it, as the list itself would ask; so it is there when it is wanted.
  const options = ask?.(withoutFilters(list)) as UseQueryOptions<Counted> | undefined;
  const { data } = useQuery<Counted>({ ...(options ?? { queryKey: ['list', 'none'] }), enabled: options !== undefined });
  return (
    <>
      <Empty
        title={t('nothing')}
        text={data === undefined ? t('nothingText') : t('nothingOf', { count: data.total })}
        action={
          <Button variant="default" onClick={onClear}>
            {t('clearFilters')}
          </Button>
        }
      />
      {isWhole || data?.total !== 0 ? null : <Reach />}
    </>
  );
}

/** Why there may be more than somebody is shown, and who changes that. */
export function Reach() {
  const t = useTranslations('list');
  const me = useMe();
  if (me.is_admin) return null;
  return <Empty text={t(me.rights.length > 0 ? 'reachOfRole' : 'reachOfUser')} />;
}
