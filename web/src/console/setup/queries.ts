import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client';

export type SetupState = {
  step: number;
  skipped: number[];
  address: {
    server_name: string;
    public_host: string;
    api_url: string;
    console_url: string;
    suggested: string;
    trusted_proxies: string[];
  };
  access: { login_required: boolean; deployment_required: boolean; second_factor: string };
  mail: {
    host: string;
    port: number;
    security: string;
    username: string;
    from: string;
    language: string;
    has_password: boolean;
  };
};

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => call<SetupState>('GET', '/api/console/setup', { signal }),
  staleTime: Infinity,
});

export const makeAdmin = (body: { code: string; name: string; password: string; email: string }) =>
  call<{ step: string }>('POST', '/api/console/setup/administrator', { isOpen: true, body });

export const goOn = (step: number, skip: boolean) =>
  call<SetupState>('POST', '/api/console/setup/step', { body: { step, skip } });

export const saveStep = (step: 'address' | 'access' | 'mail', body: unknown) =>
  call<SetupState>('PUT', `/api/console/setup/${step}`, { body });

export const testMail = (to: string) =>
  call<{ sent: boolean; answer: string }>('POST', '/api/console/setup/mail/test', { body: { to } });
