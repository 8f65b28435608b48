import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { call, query } from '../../api/client';
import type { PageOf } from '../../api/lists';
import { can, type Me } from '../../api/me';
import { groupedId } from '../../ui/groupedId';
import type { Entry } from './paletteEntry';
import { readPaletteText } from './paletteText';
import { useThings } from './useThings';

type DeviceRow = { guid: string; id: string; user_name: string; info: { device_name: string } };
type UserRow = { guid: string; name: string; display_name: string };
type NamedRow = { guid: string; name: string };

const most = 6;

export type Found = Record<'devices' | 'users' | 'groups' | 'books', Entry[]>;

/** What the server finds for the palette: devices, people, groups, books; after two letters. */
export function usePaletteSearch(me: Me, typed: string): Found {
  const things = useThings(me);
  const [asked] = useDebouncedValue(typed, 150);
  const { prefix, text } = readPaletteText(asked);
  const isLong = text.length >= 2;
  const wants = (own: string) => prefix === '' || prefix === own;
  const isWanted = {
    devices: wants(''),
    users: wants('@') && can(me, 'users.view'),
    groups: wants('#') && can(me, 'groups.view'),
    books: wants(''),
  };
  const find = <T,>(kind: string, path: string, values: Record<string, string | number>, isAsked: boolean) => ({
    queryKey: [kind, 'palette', path, text],
    queryFn: ({ signal }: { signal: AbortSignal }) => call<PageOf<T>>('GET', `${path}${query(values)}`, { signal }),
    enabled: isLong && isAsked,
  });
  const byText = { q: text, pageSize: most };
  const byName = { name: `%${text}%`, pageSize: most };
  const devices = useQuery(find<DeviceRow>('devices', '/api/devices', byText, isWanted.devices));
  const users = useQuery(find<UserRow>('users', '/api/users', byText, isWanted.users));
  const deviceGroups = useQuery(find<NamedRow>('groups', '/api/device-groups', byName, isWanted.groups));
  const userGroups = useQuery(find<NamedRow>('groups', '/api/user-groups', byName, isWanted.groups));
  const books = useQuery(find<NamedRow>('books', '/api/books', byName, isWanted.books));
  const rows = <T,>(data: PageOf<T> | undefined, isAsked: boolean) => (isLong && isAsked ? (data?.data ?? []) : []);
  return {
    devices: rows(devices.data, isWanted.devices).map((d) =>
      d.info.device_name === ''
        ? things.device(d.id, groupedId(d.id), d.user_name)
        : things.device(d.id, d.info.device_name),
    ),
    users: rows(users.data, isWanted.users).map((u) => things.user(u.guid, u.name, u.display_name)),
    groups: [
      ...rows(deviceGroups.data, isWanted.groups).map((g) => things.deviceGroup(g.name)),
      ...rows(userGroups.data, isWanted.groups).map((g) => things.userGroup(g.name)),
    ],
    books: rows(books.data, isWanted.books).map((b) => things.book(b.guid, b.name)),
  };
}
