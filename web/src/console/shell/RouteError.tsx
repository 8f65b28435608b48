import { Button, Group } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Problem } from '../../api/problem';
import { CopyValue } from '../../ui/CopyValue';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';

/** A page that broke, or could not be fetched; the frame stays. */
export function RouteError({ error }: { error: unknown }) {
  const t = useTranslations('shell');
  const router = useRouter();
  // Of a refusal the panel says all there is; what broke in the page is for whoever mends it.
  const trace = error instanceof Error && !(error instanceof Problem) ? (error.stack ?? error.message) : null;
  return (
    <Page title={t('broken')}>
      <ErrorPanel error={error} onRetry={() => void router.invalidate()} />
      <Group gap="sm">
        <Button variant="default" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
        {trace === null ? null : <CopyValue value={`${location.pathname}\n${trace}`} shown={t('trace')} label={t('trace')} />}
      </Group>
    </Page>
  );
}
