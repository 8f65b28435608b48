import { Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { copyText } from '../../ui/copyText';
import { useProblemText } from '../../ui/problemText';
import { RowMenu } from '../../ui/RowMenu';
import { complain, say } from '../../ui/toast';
import { nameOf, setEnabled, type Device } from './queries';

type Props = { device: Device; mayEdit: boolean; onEdit: (device: Device) => void };

/** What can be done with one device of the list. */
export function DeviceActions({ device, mayEdit, onEdit }: Props) {
  const t = useTranslations('devices');
  const client = useQueryClient();
  const textOf = useProblemText();
  const toggle = () =>
    void setEnabled(device.guid, device.status === 0).then(
      () => client.invalidateQueries({ queryKey: ['devices'] }),
      (problem: unknown) => complain(textOf(problem)),
    );
  const copy = () => {
    void copyText(device.id).then((isDone) => {
      if (isDone) say(t('idCopied', { id: device.id }));
    });
  };
  return (
    <RowMenu label={t('actionsOf', { name: nameOf(device) })}>
        <Menu.Item component={Link} to={`/remote/${device.id}`}>
          {t('keys.connect')}
        </Menu.Item>
        <Menu.Item component="a" href={`rustdesk://${device.id}`}>
          {t('openInApp')}
        </Menu.Item>
        <Menu.Item onClick={copy}>{t('copyId')}</Menu.Item>
        {mayEdit ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onEdit(device)}>{t('edit')}</Menu.Item>
            <Menu.Item onClick={toggle}>{device.status === 1 ? t('disable') : t('enable')}</Menu.Item>
          </>
        ) : null}
    </RowMenu>
  );
}
