import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../NamePicker';
import { CopyValue } from '../../ui/CopyValue';
import { FormError } from '../../ui/FormError';
import { makeDeployToken, type DeployWish } from './deployTokens';
import { StrategySelect } from '../StrategySelect';

const lengths = [1, 7, 30, 365, 0];

/** For how many devices, how long, and to whom they belong; then the command, once. */
export function MakeDeployToken({ onClose }: { onClose: () => void }) {
  const t = useTranslations('deployment');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [wish, setWish] = useState<DeployWish>({ name: '', days: 30, maximum_uses: 0 });
  const make = useMutation({
    mutationFn: () => makeDeployToken(wish),
    onSuccess: () => client.invalidateQueries({ queryKey: ['deploy-tokens'] }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={t('make')} closeButtonProps={{ 'aria-label': c('close') }}>
      {make.data === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            <FormError error={make.error} />
            <TextInput label={t('name')} required withAsterisk={false} maxLength={100} data-autofocus value={wish.name} onChange={(e) => setWish({ ...wish, name: e.currentTarget.value })} />
            <Select
              label={t('expires')}
              allowDeselect={false}
              data={lengths.map((n) => ({ value: String(n), label: n === 0 ? t('neverExpires') : t('days', { count: n }) }))}
              value={String(wish.days)}
              onChange={(value) => setWish({ ...wish, days: Number(value ?? 30) })}
            />
            <TextInput
              type="number"
              min={0}
              label={t('most')}
              description={t('mostHelp')}
              value={String(wish.maximum_uses)}
              onChange={(e) => setWish({ ...wish, maximum_uses: Math.max(0, Math.trunc(Number(e.currentTarget.value)) || 0) })}
            />
            <NamePicker kind="users" label={t('owner')} value={wish.user_name ?? ''} onChange={(name) => setWish({ ...wish, user_name: name })} />
            <NamePicker kind="device-groups" label={t('group')} value={wish.device_group_name ?? ''} onChange={(name) => setWish({ ...wish, device_group_name: name })} />
            <StrategySelect label={t('strategy')} value={wish.strategy_name ?? ''} onChange={(name) => setWish({ ...wish, strategy_name: name })} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {c('cancel')}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t('make')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          <p>{t('once')}</p>
          <CopyValue isBlock value={`rustdesk --deploy --token ${make.data.token}`} label={t('command')} />
          <CopyValue isBlock value={make.data.token} label={t('itself')} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('kept')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
