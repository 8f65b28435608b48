import { useRouter } from '@tanstack/react-router';
import { Page } from '../../ui/Page';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useTranslations } from 'use-intl';

/** A page that broke, or could not be fetched; the frame stays. */
export function RouteError({ error }: { error: unknown }) {
  const t = useTranslations('shell');
  const router = useRouter();
  return (
    <Page title={t('broken')}>
      <ErrorPanel error={error} onRetry={() => void router.invalidate()} />
    </Page>
  );
}
