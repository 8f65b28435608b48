import { basePath } from '../api/base';

/** The ways to connect: what the address of the viewer calls them, their number on the wire, where the app's links have them. */
export const connectKinds = [
  { kind: 'screen', number: '0', place: '' },
  { kind: 'files', number: '1', place: 'file-transfer/' },
  { kind: 'terminal', number: '4', place: 'terminal/' },
  { kind: 'camera', number: '3', place: 'view-camera/' },
] as const;

export type ConnectKind = (typeof connectKinds)[number];

/** What an address asks for; anything else is the screen. */
export const connectKindOf = (kind: unknown): ConnectKind => connectKinds.find((k) => k.kind === kind) ?? connectKinds[0];

/** Opens the viewer: in a tab of its own. */
export const viewerPath = (id: string, { kind }: ConnectKind = connectKinds[0]) =>
  `${basePath}/remote/${encodeURIComponent(id)}${kind === 'screen' ? '' : `?kind=${kind}`}`;

/** Opens the RustDesk app on this machine. */
export const appLink = (id: string, { place }: ConnectKind = connectKinds[0]) => `rustdesk://${place}${id}`;
