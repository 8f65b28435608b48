/** Which page holds a setting; the messages of the settings name its fields. */
export const settingPlaces = {
  console: '/settings/clients',
  address_books: '/settings',
  groups: '/settings',
  audit: '/settings',
  stale_devices: '/settings',
  access: '/settings',
  accounts: '/settings/sign-in',
  mail: '/settings/mail',
  sms: '/settings/mail',
  directory: '/settings/directory',
  retention: '/settings/storage',
  signIn: '/settings/sign-in',
  registration: '/settings/sign-in',
  devices: '/settings/enrolment',
  backups: '/settings/backups',
} as const;

/** Fields that stand on another page than the rest of their setting. */
export const fieldPlaces: Partial<Record<string, string>> = {
  'console-server_name': '/settings',
  'console-banner': '/settings',
  'console-language': '/settings',
  'console-time_zone': '/settings',
};

/** Words that people know and that the labels don't say. */
export const settingWords: Partial<Record<string, string>> = {
  mail: 'smtp mail',
  sms: 'sms',
  directory: 'ldap active directory',
  retention: 'retention clean-up',
  signIn: 'oidc sign-in provider',
  devices: 'deployment enrolment preset approval',
  backups: 'backup schedule',
  access: 'sign-in required login anonymous connect',
  stale_devices: 'stale clean-up unseen offline',
};

/** The fields of a setting out of its messages: their keys and labels. */
export function fieldsOf(messages: unknown): [string, string][] {
  if (typeof messages !== 'object' || messages === null) return [];
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => {
    const label = (value as { label?: unknown } | null)?.label;
    return typeof label === 'string' ? [[key, label]] : [];
  });
}
