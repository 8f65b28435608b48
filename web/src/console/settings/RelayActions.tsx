import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { removeRelay, switchRelay, type Relay } from '../../api/relays';

type Props = { relay: Relay; isTrying: boolean; onTry: () => void };

/** Nobody new is sent to a relay that drains; what it carries goes on. */
export function RelayActions({ relay, isTrying, onTry }: Props) {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const work = {
    onSuccess: () => client.invalidateQueries({ queryKey: ['relays'] }),
    onError: (problem: unknown) => complain(textOf(problem)),
  };
  const toggle = useMutation({ mutationFn: () => switchRelay(relay), ...work });
  const remove = useMutation({ mutationFn: () => removeRelay(relay), ...work });
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="xs" variant="default" aria-label={t('relay.testOf', { name: relay.address })} loading={isTrying} onClick={onTry}>
        {t('relay.test')}
      </Button>
      <Button
        size="xs"
        variant="default"
        aria-label={t(relay.enabled ? 'relay.offOf' : 'relay.onOf', { name: relay.address })}
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {relay.enabled ? t('relay.off') : t('relay.on')}
      </Button>
      {relay.source === 'settings' ? (
        <Button
          size="xs"
          variant="default"
          color="red"
          aria-label={t('provider.removeOf', { name: relay.address })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {t('provider.remove')}
        </Button>
      ) : null}
    </Group>
  );
}
