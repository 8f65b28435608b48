import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { originsQuery, pinOf } from './queries';

/** Above what is edited elsewhere than in a form of fields: that it was set at the start, and where. */
export function PinnedNote({ setting, member }: { setting: string; member: string }) {
  const t = useTranslations('settings');
  const { data } = useQuery(originsQuery(setting));
  const pin = pinOf(data, member);
  return pin === undefined ? null : (
    <Alert color="blue" variant="light">
      {t(`option.from.${pin.source}`, { origin: pin.origin })}
    </Alert>
  );
}
