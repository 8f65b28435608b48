import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';

export function NotFound() {
  const t = useTranslations('shell');
  return (
    <main>
      <Page title={t('notFound')}>
        <Empty title={t('notFoundText')} action={<Link to="/">{t('toHome')}</Link>} />
      </Page>
    </main>
  );
}
