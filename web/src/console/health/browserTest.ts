import { queryOptions } from '@tanstack/react-query';
import { doors, opens, streams } from '../../api/reach';

export type Trial = { name: 'https' | 'secure' | 'id' | 'relay' | 'feed' | 'codecs'; works: boolean; detail: string };

const codecs = [
  ['VP8', 'vp8'],
  ['VP9', 'vp09.00.10.08'],
  ['AV1', 'av01.0.04M.08'],
  ['H.264', 'avc1.42E01F'],
  ['H.265', 'hev1.1.6.L93.B0'],
] as const;

/** Which of the codecs of clients this browser decodes. */
async function decodable(): Promise<string[]> {
  if (!('VideoDecoder' in window)) return [];
  const found = await Promise.all(
    codecs.map(async ([name, codec]) => {
      const answer = await VideoDecoder.isConfigSupported({ codec }).catch(() => null);
      return answer?.supported === true ? name : null;
    }),
  );
  return found.filter((name) => name !== null);
}

async function tryAll(): Promise<Trial[]> {
  const [feed, names, ...sockets] = await Promise.all([streams(), decodable(), ...doors.map(([, path]) => opens(path))]);
  return [
    { name: 'https', works: location.protocol === 'https:', detail: '' },
    { name: 'secure', works: window.isSecureContext, detail: '' },
    ...doors.map(([name], i): Trial => ({ name, works: sockets[i] === true, detail: '' })),
    { name: 'feed', works: feed, detail: '' },
    { name: 'codecs', works: names.length > 0, detail: names.join(', ') },
  ];
}

export const browserQuery = queryOptions({ queryKey: ['browser-test'], queryFn: tryAll, staleTime: Infinity, gcTime: 0 });
