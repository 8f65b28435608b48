import { Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { AddToBook } from '../../entities/AddToBook';
import { appLink, connectKinds, viewerPath } from '../../entities/connecting';
import { useFavourite } from '../../entities/useFavourite';
import { Confirm } from '../../ui/Confirm';
import { copyText } from '../../ui/copyText';
import { useProblemText } from '../../ui/problemText';
import { RowMenu } from '../../ui/RowMenu';
import { complain, say } from '../../ui/toast';
import styles from './devices.module.css';
import { deleteDevice, nameOf, refreshDevice, setEnabled, type Device } from './queries';

type Props = { device: Device; mayEdit: boolean; onEdit: (device: Device) => void; onDeleted?: () => Promise<void> };

/** What can be done with a device besides connecting to it: of its row, and of its page. */
export function DeviceMenu({ device, mayEdit, onEdit, onDeleted }: Props) {
  const t = useTranslations('devices');
  const words = useTranslations('entities.favourite');
  const kinds = useTranslations('entities');
  const favourite = useFavourite(device.guid);
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [asked, setAsked] = useState<'delete' | 'book' | null>(null);
  const run = (work: Promise<unknown>, done = '', then?: () => Promise<void>) =>
    void work.then(
      async () => {
        await then?.();
        if (done !== '') say(done);
        await client.invalidateQueries({ queryKey: ['devices'] });
      },
      (problem: unknown) => complain(textOf(problem)),
    );
  const copy = () => {
    void copyText(device.id).then((isDone) => {
      if (isDone) say(t('idCopied', { id: device.id }));
    });
  };
  const isDeletable = device.status === 0 || !device.is_online;
  return (
    <>
      <RowMenu label={t('actionsOf', { name: nameOf(device) })}>
        <Menu.Item component="a" href={appLink(device.id)}>{t('openInApp')}</Menu.Item>
        {connectKinds.filter((k) => k.kind === 'files' || k.kind === 'terminal').map((k) => (
          <Menu.Item key={k.kind} component="a" href={viewerPath(device.id, k)} target="_blank" rel="noopener">
            {kinds(`kinds.${k.number}`)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={copy}>{t('copyId')}</Menu.Item>
        <Menu.Item onClick={favourite.toggle}>{words(favourite.isFavourite ? 'remove' : 'add')}</Menu.Item>
        <Menu.Item onClick={() => setAsked('book')}>{t('addToBook')}</Menu.Item>
        {can(me, 'devices.info') ? (
          <Menu.Item onClick={() => run(refreshDevice(device.guid), device.is_online ? t('refreshSoon') : t('refreshLater'))}>
            {t('refresh')}
          </Menu.Item>
        ) : null}
        <Menu.Item disabled>
          {t('wake')}
          <span className={styles.why}>{t('wakeNot')}</span>
        </Menu.Item>
        {mayEdit ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onEdit(device)}>{t('edit')}</Menu.Item>
            <Menu.Item onClick={() => run(setEnabled(device.guid, device.status === 0))}>
              {device.status === 1 ? t('disable') : t('enable')}
            </Menu.Item>
          </>
        ) : null}
        {can(me, 'devices.delete') ? (
          <Menu.Item color="red" disabled={!isDeletable} onClick={() => setAsked('delete')}>
            {isDeletable ? t('delete') : t('deleteNot')}
          </Menu.Item>
        ) : null}
      </RowMenu>
      <Confirm
        isOpen={asked === 'delete'}
        title={t('deleteTitle', { name: nameOf(device) })}
        action={t('delete')}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null);
          run(deleteDevice(device.guid), t('deleted', { name: nameOf(device) }), onDeleted);
        }}
      >
        {t('deleteText')}
      </Confirm>
      {asked === 'book' ? (
        <AddToBook devices={[{ id: device.id, name: nameOf(device) }]} onClose={() => setAsked(null)} />
      ) : null}
    </>
  );
}
