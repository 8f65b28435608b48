import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';

export function NotFound() {
  const t = useTranslations('shell');
  return (
    <main>
      <Empty title={t('notFound')} text={t('notFoundText')} action={<Link to="/">{t('toHome')}</Link>} />
    </main>
  );
}
