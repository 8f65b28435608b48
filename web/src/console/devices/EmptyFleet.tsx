import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { clientSetupQuery } from '../../api/clientSetup';
import { Card } from '../../ui/Card';
import { ClientSetupCard } from '../../ui/ClientSetupCard';
import { Empty } from '../../ui/Empty';

/** Before the first device: what its client has to be told. */
export function EmptyFleet() {
  const t = useTranslations('devices');
  const { data: setup } = useQuery(clientSetupQuery);
  return (
    <>
      <Empty title={t('empty')} text={t('emptyText')} />
      {setup === undefined ? null : (
        <Card title={t('emptyAction')}>
          <ClientSetupCard setup={setup} />
        </Card>
      )}
    </>
  );
}
