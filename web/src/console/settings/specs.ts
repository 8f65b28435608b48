import type { ComponentType } from 'react';

/** How one member of a setting is asked for. A dot leads into a member of a member. */
export type Spec = Kind & {
  /** Asked for only while another member is this. */
  when?: readonly [key: string, value: string];
};

type Kind =
  | { key: string; kind: 'text' | 'long' | 'secret' | 'list' | 'flag' | 'userGroup' | 'mappings' }
  | { key: string; kind: 'number'; min: number; max: number }
  | { key: string; kind: 'choice'; options: readonly string[] }
  | { key: string; kind: 'own'; field: ComponentType<OwnField> };

/** What a member is asked with that has a form of its own. */
export type OwnField = { id: string; label: string; help: string | undefined; value: unknown; isReadOnly: boolean; error: string | undefined; onChange: (value: unknown) => void };

type Values = Record<string, unknown>;

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(values: Values, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), values);
}

/** Those that are asked for, as the other members are. */
export const asked = (specs: readonly Spec[], values: Values) =>
  specs.filter(({ when }) => when === undefined || valueAt(values, when[0]) === when[1]);

/** The id of a field on its page, which the palette's links name: as its words are kept under. */
export const fieldId = (setting: string, key: string) => `${setting}-${key.replaceAll('.', '_')}`;

/** Whether somebody chose something else than the server does by itself; a secret is nobody's business. */
export const isUnusual = (spec: Spec, stored: unknown, usual: unknown) =>
  spec.kind !== 'secret' && usual !== undefined && JSON.stringify(stored) !== JSON.stringify(usual);

/** The values with another one at a key; nothing is changed in place. */
export function withValue(values: Values, key: string, value: unknown): Values {
  const dot = key.indexOf('.');
  if (dot < 0) return { ...values, [key]: value };
  const head = key.slice(0, dot);
  const inner = values[head];
  return { ...values, [head]: withValue(isObject(inner) ? inner : {}, key.slice(dot + 1), value) };
}

/** The keys of what differs from what is stored. A secret that nobody typed does not. */
export function changedKeys(stored: Values, draft: Values, specs: readonly Spec[]): string[] {
  return specs
    .filter(({ key, kind }) => {
      const now = valueAt(draft, key);
      if (kind === 'secret' && (now === undefined || now === '')) return false;
      return JSON.stringify(now) !== JSON.stringify(valueAt(stored, key));
    })
    .map(({ key }) => key);
}

/** What is sent: the members at the top that hold something changed. */
export function changesOf(draft: Values, keys: readonly string[]): Values {
  return Object.fromEntries(keys.map((key) => key.split('.')[0] ?? key).map((top) => [top, draft[top]]));
}
