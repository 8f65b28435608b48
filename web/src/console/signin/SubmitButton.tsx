import { Button } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { minutesText } from '../../ui/useSecondsLeft';

type Props = { label: string; wait: number; isBusy: boolean; isEmpty?: boolean };

/** Submits; while somebody must wait it says for how long. */
export function SubmitButton({ label, wait, isBusy, isEmpty = false }: Props) {
  const t = useTranslations('signin');
  return (
    <Button type="submit" loading={isBusy} disabled={isEmpty || wait > 0}>
      {wait > 0 ? t('waitFor', { time: minutesText(wait) }) : label}
    </Button>
  );
}
