import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { BinPage } from '../../entities/BinPage';
import { DeviceListTabs } from './DeviceListTabs';
import { deletedQuery, purgeDevices, restoreDevices, type Deleted } from './deleted';
import { useDeletedColumns } from './deletedColumns';

const nameOf = (row: Deleted) => row.device_name || row.id;

/** Devices that were deleted. */
export function DeletedPage() {
  const t = useTranslations('devices.bin');
  const d = useTranslations('devices');
  const words = useMemo(
    () => ({
      search: t('search'),
      lead: t('lead'),
      emptyText: t('emptyText'),
      restoreMany: (count: number) => t('restoreMany', { count }),
      purgeMany: (count: number) => t('purgeMany', { count }),
      purgeTitle: (count: number) => t('purgeTitle', { count }),
      purgeText: t('purgeText'),
    }),
    [t],
  );
  return (
    <BinPage
      page="devices-deleted"
      suffix={d('title')}
      tabs={<DeviceListTabs now="deleted" />}
      words={words}
      query={deletedQuery}
      columns={useDeletedColumns()}
      nameOf={nameOf}
      restore={restoreDevices}
      purge={purgeDevices}
    />
  );
}
