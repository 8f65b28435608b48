/** Where an option stands in the editor; what is not named stands last. */
export const categories = {
  permissions: [
    'access-mode', 'enable-keyboard', 'enable-clipboard', 'enable-file-transfer', 'enable-audio', 'enable-camera',
    'enable-terminal', 'enable-tunnel', 'enable-remote-printer', 'enable-remote-restart', 'enable-record-session',
    'enable-block-input', 'enable-privacy-mode', 'allow-remote-config-modification',
  ],
  passwords: [
    'approve-mode', 'verification-method', 'temporary-password-length', 'allow-numeric-one-time-password',
    'enable-trusted-devices', 'allow-hide-cm',
  ],
  entry: [
    'whitelist', 'id-whitelist', 'allow-only-conn-window-open', 'allow-scope-violation-close',
    'allow-scope-violation-alarm',
  ],
  sessions: [
    'allow-auto-disconnect', 'auto-disconnect-timeout', 'keep-awake-during-incoming-sessions', 'allow-remove-wallpaper',
    'allow-linux-headless', 'audio-input', 'voice-call-input',
  ],
  recording: ['allow-auto-record-incoming', 'windows-service-video-save-directory'],
  picture: [
    'enable-abr', 'enable-hwcodec', 'enable-directx-capture', 'allow-always-software-render',
    'enable-android-software-encoding-half-scale',
  ],
  network: [
    'direct-server', 'direct-access-port', 'enable-lan-discovery', 'disable-udp', 'allow-websocket', 'relay-server',
    'ice-servers', 'allow-insecure-tls-fallback',
  ],
  updates: ['allow-auto-update', 'stop-service'],
  server: ['custom-rendezvous-server', 'api-server', 'key'],
  presets: [
    'preset-address-book-name', 'preset-address-book-tag', 'preset-address-book-alias', 'preset-address-book-password',
    'preset-address-book-note', 'preset-device-name', 'preset-device-username', 'preset-note',
  ],
} as const;

/** A wrong one strands devices: they reach nobody who could repair it. */
export const addressKeys: readonly string[] = categories.server;

/** Stops what takes it back, so it is not offered; where it was set by a script it can be unset. */
export const notOffered: readonly string[] = ['stop-service'];

export type Category = keyof typeof categories | 'other';

export const categoryNames: readonly Category[] = [...(Object.keys(categories) as (keyof typeof categories)[]), 'other'];

/** The options of a category, in its order. */
export function optionsOf<T extends { key: string }>(category: Category, options: readonly T[]): T[] {
  if (category === 'other') {
    const known = new Set<string>(Object.values(categories).flat());
    return options.filter((o) => !known.has(o.key));
  }
  const keys: readonly string[] = categories[category];
  return keys.flatMap((key) => options.filter((o) => o.key === key));
}
