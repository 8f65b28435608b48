import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { ConfirmTyped } from '../../ui/ConfirmTyped';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { previewRetention } from './queries';
import type { Guard } from './SettingForm';
import { isShorter } from './storage';

/** Asks before things are kept for fewer days: what the next run removes is gone for good. */
export const ShortenDays: Guard = {
  isNeeded: isShorter,
  View: ({ before, after, onCancel, onGo }) => {
    const t = useTranslations('settings');
    const { data, error, refetch } = useQuery({ queryKey: ['retention', 'shorten', before, after], queryFn: () => previewRetention(after), retry: false });
    return (
      <ConfirmTyped
        isOpen
        title={t('shorten.title')}
        action={t('shorten.action')}
        word={String(data?.total ?? 0)}
        isBlocked={data === undefined}
        hasReason
        onCancel={onCancel}
        onConfirm={onGo}
      >
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {data === undefined ? t('shorten.counting') : t('shorten.text', { count: data.total })}
      </ConfirmTyped>
    );
  },
};
