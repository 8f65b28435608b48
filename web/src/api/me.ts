import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { call, setProof } from './client';
import { obey, type Preferences } from './preferences';
import { setUsual, type Usual } from './usual';

export type Me = Usual & {
  guid: string;
  name: string;
  display_name: string;
  email: string;
  avatar: string;
  user_group: string;
  origin: string;
  is_admin: boolean;
  rights: string[];
  has_password: boolean;
  has_authenticator: boolean;
  authenticator_enforced: boolean;
  /** Until when one must be set up, in seconds; null: it need not be, or it is there. */
  authenticator_due: number | null;
  recovery_codes_left: number;
  email_codes: boolean;
  email_alarms: boolean;
  preferences: Preferences;
  passkeys: number;
  /** What may be used to sign in here. */
  factors: ('authenticator' | 'recovery' | 'email' | 'sms' | 'passkey')[];
  /** From where the person comes. */
  address: string;
  sign_in_age: number;
  /** Seconds after the last use of a sign-in until it ends by itself. */
  sign_in_lasts: number;
  setup_step: number;
  /** The setup comes up after the sign-in: its administrator came from the server's start. */
  setup_opens: boolean;
  setup_skipped: number[];
  server_name: string;
  version: string;
  /** What administrators tell everybody; empty: nothing. */
  banner: string;
  proof: string;
};

export async function readMe(): Promise<Me> {
  const me = await call<Me>('GET', '/api/console/me', { isOpen: true });
  setProof(me.proof);
  setUsual(me);
  obey(me.preferences);
  return me;
}

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: readMe, staleTime: 30_000, retry: false });

/** Who is signed in; only inside of the frame, where somebody is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether somebody may do something, as the server says; rights are never worked out from roles. */
export function can(me: Me, right: string): boolean {
  return me.rights.includes(right);
}
