import { useTranslations } from 'use-intl';
import { BinPage } from '../../entities/BinPage';
import { DeviceListTabs } from './DeviceListTabs';
import { deletedQuery, purgeDevices, restoreDevices, type Deleted } from './deleted';
import { useDeletedColumns } from './deletedColumns';

const nameOf = (row: Deleted) => row.device_name || row.id;

/** Devices that were deleted. */
export function DeletedPage() {
  const t = useTranslations('devices');
  return (
    <BinPage
      page="devices-deleted"
      suffix={t('title')}
      tabs={<DeviceListTabs now="deleted" />}
      words="devices.bin"
      query={deletedQuery}
      columns={useDeletedColumns()}
      nameOf={nameOf}
      restore={restoreDevices}
      purge={purgeDevices}
    />
  );
}
