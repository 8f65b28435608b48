import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { can, type Me } from '../../api/me';
import { viewerPath } from '../../entities/connecting';
import { copyText } from '../../ui/copyText';
import { groupedId } from '../../ui/groupedId';
import { textOf } from '../../ui/DataTable/manyValues';
import { say } from '../../ui/toast';
import type { Entry, Recent } from './paletteEntry';

/** What the palette can lead to, as its lines; each knows what can be done with it. */
export function useThings(me: Me) {
  const t = useTranslations('shell');
  const navigate = useNavigate();

  const device = (id: string, label: string, description = groupedId(id)): Entry => {
    const to = (path: string) => () => void navigate({ to: `/devices/${encodeURIComponent(id)}${path}` });
    const connect = () => void window.open(viewerPath(id), '_blank', 'noopener');
    const act = (key: string, word: string, open: () => void): Entry => ({ id: `${key} ${id}`, label: word, open });
    return {
      id: `device ${id}`,
      recent: 'device',
      label,
      description,
      open: to(''),
      connect,
      actions: [
        act('open', t('acts.open'), to('')),
        act('connect', t('acts.connect'), connect),
        ...(can(me, 'audit.view') ? [act('sessions', t('acts.sessions'), to('/sessions'))] : []),
        ...(can(me, 'recordings.view') ? [act('recordings', t('acts.recordings'), to('/recordings'))] : []),
        act('copy', t('acts.copyId'), () => {
          void copyText(id).then(() => say(t('copied')));
        }),
      ],
    };
  };
  const user = (guid: string, label: string, description = ''): Entry => {
    const open = () => void navigate({ to: `/users/${guid}` });
    const devices = () => void navigate({ to: '/devices', search: { user_name: textOf([label]) } });
    return {
      id: `user ${guid}`,
      recent: 'user',
      label,
      description,
      open,
      actions: [
        { id: `open ${guid}`, label: t('acts.open'), open },
        { id: `devices ${guid}`, label: t('acts.devices'), open: devices },
      ],
    };
  };
  const userGroup = (name: string): Entry => ({
    id: `user-group ${name}`,
    recent: 'user-group',
    label: name,
    description: t('userGroup'),
    open: () => void navigate({ to: '/users', search: { group_name: textOf([name]) } }),
  });
  const deviceGroup = (name: string): Entry => ({
    id: `device-group ${name}`,
    recent: 'device-group',
    label: name,
    description: t('deviceGroup'),
    open: () => void navigate({ to: '/devices', search: { device_group_name: textOf([name]) } }),
  });
  const book = (guid: string, name: string): Entry => ({
    id: `book ${guid}`,
    recent: 'book',
    label: name,
    description: t('book'),
    open: () => void navigate({ to: `/books/${guid}` }),
  });

  /** A line of before; null: it is a page, which has a line already. */
  const of = ({ kind, key, label }: Recent): Entry | null => {
    if (kind === 'device') return device(key, label);
    if (kind === 'user') return user(key, label);
    if (kind === 'user-group') return userGroup(key);
    if (kind === 'device-group') return deviceGroup(key);
    return kind === 'book' ? book(key, label) : null;
  };
  return { device, user, userGroup, deviceGroup, book, of };
}
