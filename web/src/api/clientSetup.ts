import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

/** What a client must be told to find this server. */
export type ClientSetup = {
  host: string;
  is_guessed: boolean;
  relay: string;
  api: string;
  key: string;
  configuration: string;
};

export const clientSetupQuery = queryOptions({
  queryKey: ['client-setup'],
  queryFn: ({ signal }) => call<ClientSetup>('GET', '/api/console/client-setup', { signal }),
});

/** Stock clients treat addresses with these words in a special way. */
export const isTrap = (address: string) => /rustdesk\.com|heartbeat/i.test(address);

/** The file name that a Windows installer reads; the last comma survives what Windows adds to second copies. */
export function installerName(setup: ClientSetup): string {
  const parts = [`host=${setup.host}`, `key=${setup.key}`];
  if (setup.api !== '') parts.push(`api=${setup.api}`);
  if (setup.relay !== '') parts.push(`relay=${setup.relay}`);
  return `rustdesk-${parts.join(',')},.exe`;
}
