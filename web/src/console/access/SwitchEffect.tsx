import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { dryRunQuery, type Policy } from './queries';

type Props = { name: keyof Policy; value: boolean };

/** What turning one switch would do to the rules as they are, in numbers. */
export function SwitchEffect({ name, value }: Props) {
  const t = useTranslations('access');
  const change = useMemo(() => ({ settings: { [name]: !value } }), [name, value]);
  const { data } = useQuery(dryRunQuery(change));
  if (data === undefined) return null;
  return (
    <>
      {t(value ? 'turnedOff' : 'turnedOn', {
        gained: data.gained,
        lost: data.lost,
        opened: data.anybody_gains,
        closed: data.anybody_loses,
      })}
    </>
  );
}
