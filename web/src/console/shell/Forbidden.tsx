import { useTranslations } from 'use-intl';
import { Empty } from '../../ui/Empty';
import { Page } from '../../ui/Page';

/** A page that the person has no right to: which right it is, and who can grant it. */
export function Forbidden({ right }: { right: string }) {
  const t = useTranslations('shell');
  return (
    <Page title={t('forbidden')}>
      <Empty title={t('forbiddenText', { right })} />
    </Page>
  );
}
