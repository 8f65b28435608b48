import { Button, Checkbox, Group, Modal, PasswordInput, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { GroupMappings } from './GroupMappings';
import { ProviderIcon } from './ProviderIcon';
import { addProvider, changeProvider, presets, type GroupMapping, type Provider } from './providers';

const other = 'other';
const texts = ['groupClaim', 'scopes'] as const;
const lists = ['allowedDomains', 'allowedGroups', 'adminGroups'] as const;
const flags = ['createUsers', 'linkByEmail', 'trustEmail', 'hasSecondFactor'] as const;

const fresh: Provider = {
  name: '', enabled: true, clientId: '', clientSecret: '', groups: [], adminGroups: [], adminRoles: [], allowedGroups: [],
  allowedDomains: [], createUsers: false, linkByEmail: true, trustEmail: false, hasSecondFactor: false,
};

// Where a preset's addresses depend on whose it is, its issuer is asked for too.
const knowsIssuer = (preset: string) => ['google', 'microsoft', 'github', 'apple', 'facebook'].includes(preset);

/** A provider, new or there already. */
export function ProviderForm({ provider, onClose }: { provider: Provider | null; onClose: () => void }) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const known = provider?.preset ?? provider?.name.toLowerCase() ?? 'google';
  const [preset, setPreset] = useState(presets.find((p) => p === known) ?? other);
  const [draft, setDraft] = useState<Provider>({ ...(provider ?? { ...fresh, name: 'google' }), clientSecret: '' });
  const set = (change: Partial<Provider>) => setDraft({ ...draft, ...change });
  const save = useMutation({
    mutationFn: () => {
      const { clientSecret, ...rest } = draft;
      const whole = (mappings: readonly GroupMapping[]) => mappings.filter((m) => m.from !== '' && m.to !== '');
      const body: Partial<Provider> = {
        ...rest,
        groups: whole(draft.groups),
        adminRoles: whole(draft.adminRoles),
        ...(clientSecret === '' ? {} : { clientSecret }),
        ...(preset === other ? { type: rest.type ?? 'oidc' } : { preset }),
      };
      return provider === null ? addProvider(body) : changeProvider(provider.name, body);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['settings'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const choose = (value: string | null) => {
    const next = presets.find((p) => p === value) ?? other;
    setPreset(next);
    if (provider === null) set({ name: next === other ? '' : next });
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={provider === null ? t('provider.add') : t('provider.editOf', { name: provider.name })}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError error={save.error} />
          <Select
            label={t('provider.preset')}
            allowDeselect={false}
            data={[...presets, other].map((value) => ({ value, label: t(`provider.presets.${value}`) }))}
            value={preset}
            onChange={choose}
          />
          <TextInput
            label={t('provider.name')}
            description={t('provider.nameHelp')}
            required
            withAsterisk={false}
            maxLength={64}
            value={draft.name}
            onChange={(e) => set({ name: e.currentTarget.value })}
          />
          {knowsIssuer(preset) ? null : (
            <TextInput
              label={t('provider.issuer')}
              description={t('provider.issuerHelp')}
              placeholder="https://id.example.com/realms/main"
              value={draft.issuer ?? ''}
              onChange={(e) => set({ issuer: e.currentTarget.value })}
            />
          )}
          <TextInput label={t('provider.clientId')} required withAsterisk={false} value={draft.clientId} onChange={(e) => set({ clientId: e.currentTarget.value })} />
          <PasswordInput
            label={t('provider.clientSecret')}
            description={provider === null || provider.clientSecret === '' ? t('provider.secretHelp') : t('secretSet')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
            value={draft.clientSecret}
            onChange={(e) => set({ clientSecret: e.currentTarget.value })}
          />
          {flags.map((key) => (
            <Checkbox
              key={key}
              label={t(`provider.flags.${key}`)}
              checked={draft[key]}
              onChange={(e) => set({ [key]: e.currentTarget.checked })}
            />
          ))}
          {lists.map((key) => (
            <TagsInput
              key={key}
              label={t(`provider.lists.${key}`)}
              clearButtonProps={{ 'aria-label': t('clear', { what: t(`provider.lists.${key}`) }) }}
              value={draft[key]}
              onChange={(value) => set({ [key]: value })}
            />
          ))}
          {texts.map((key) => (
            <TextInput key={key} label={t(`provider.texts.${key}`)} value={draft[key] ?? ''} onChange={(e) => set({ [key]: e.currentTarget.value })} />
          ))}
          <ProviderIcon icon={draft.icon ?? null} onChange={(icon) => set({ icon })} />
          <GroupMappings value={draft.groups} onChange={(groups) => set({ groups })} />
          <GroupMappings isOfRoles value={draft.adminRoles} onChange={(adminRoles) => set({ adminRoles })} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {c('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
