import type { SpotlightActionData } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { can, type Me } from '../../api/me';
import { groupedId } from '../../ui/groupedId';
import { readPaletteText } from './paletteText';

type DeviceRow = { guid: string; id: string; user_name: string; info: { device_name: string } };
type UserRow = { guid: string; name: string; display_name: string };
type GroupRow = { guid: string; name: string };

const most = 6;

/** What the server finds for the palette: devices, people, groups; after two letters. */
export function usePaletteSearch(me: Me, typed: string): Record<'devices' | 'users' | 'groups', SpotlightActionData[]> {
  const t = useTranslations('shell');
  const navigate = useNavigate();
  const [asked] = useDebouncedValue(typed, 150);
  const { prefix, text } = readPaletteText(asked);
  const isLong = text.length >= 2;
  const find = <T,>(kind: string, path: string, values: Record<string, string | number>, isWanted: boolean) => ({
    queryKey: [kind, 'palette', text],
    queryFn: ({ signal }: { signal: AbortSignal }) => call<PageOf<T>>('GET', `${path}${query(values)}`, { signal }),
    enabled: isLong && isWanted,
  });
  const wants = (own: string) => prefix === '' || prefix === own;
  const devices = useQuery(find<DeviceRow>('devices', '/api/devices', { q: text, pageSize: most }, prefix === ''));
  const users = useQuery(
    find<UserRow>('users', '/api/users', { q: text, pageSize: most }, wants('@') && can(me, 'users.view')),
  );
  const groups = useQuery(
    find<GroupRow>('groups', '/api/device-groups', { name: `%${text}%`, pageSize: most }, wants('#') && can(me, 'groups.view')),
  );
  const rows = <T,>(data: PageOf<T> | undefined, isWanted: boolean) => (isLong && isWanted ? (data?.data ?? []) : []);
  return {
    devices: rows(devices.data, prefix === '').map((d) => ({
      id: `device ${d.guid}`,
      label: d.info.device_name === '' ? groupedId(d.id) : d.info.device_name,
      description: d.info.device_name === '' ? d.user_name : groupedId(d.id),
      onClick: () => void navigate({ to: '/devices/$id', params: { id: d.id } }),
    })),
    users: rows(users.data, wants('@')).map((u) => ({
      id: `user ${u.guid}`,
      label: u.name,
      description: u.display_name,
      onClick: () => void navigate({ to: '/users', search: { q: u.name } }),
    })),
    groups: rows(groups.data, wants('#')).map((g) => ({
      id: `group ${g.guid}`,
      label: g.name,
      description: t('deviceGroup'),
      onClick: () => void navigate({ to: '/devices', search: { device_group_name: g.name } }),
    })),
  };
}
