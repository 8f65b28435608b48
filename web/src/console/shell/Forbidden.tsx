import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';

/** A page that the person has no right to: which right it is, and who can grant it. */
export function Forbidden({ right }: { right: string }) {
  const t = useTranslations('shell');
  return <Empty title={t('forbidden')} text={t('forbiddenText', { right })} />;
}
