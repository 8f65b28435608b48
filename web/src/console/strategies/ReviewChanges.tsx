import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { letsIn } from './addresses';
import { addressKeys, notOffered } from './categories';
import { DiffTable } from './DiffTable';
import { PlanFields } from './PlanFields';
import { changeStrategy, ownAddressQuery, previewQuery, type Strategy } from './queries';
import { beginRollout, usualPlan, type Plan } from './rollouts';
import styles from './strategies.module.css';

type Props = {
  strategy: Strategy;
  draft: Record<string, string>;
  changed: readonly string[];
  onStored?: () => void;
  onClose: () => void;
};

/** What saving changes, and on how many devices; before it is done. Putting an old version back is such a change too. */
export function ReviewChanges({ strategy, draft, changed, onStored, onClose }: Props) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data: reach } = useQuery(previewQuery({ strategy: strategy.guid }));
  const { data: address = '' } = useQuery(ownAddressQuery);
  const navigate = useNavigate();
  const [isSure, setSure] = useState(false);
  const [reason, setReason] = useState('');
  const [wanted, setPlan] = useState<Plan | null>(null);
  const stops = changed.some((key) => notOffered.includes(key) && draft[key] === 'Y');
  const isShutOut = changed.includes('whitelist') && !letsIn(draft.whitelist ?? '', address);
  const needsSure = stops || isShutOut;
  // Some devices find out first whether an address is right, if there are any that would be told.
  const isStaged = strategy.enabled && reach?.now !== 0 && changed.some((key) => addressKeys.includes(key));
  const plan = isStaged ? (wanted ?? usualPlan) : wanted;
  const write = (config_options: Record<string, string>, why: string) =>
    changeStrategy(strategy.guid, { config_options, stop_confirmed: true, reason: why });
  const back = async () => {
    try {
      await write(strategy.config_options, t('undone'));
      await client.invalidateQueries({ queryKey: ['strategy'] });
    } catch (problem) {
      complain(textOf(problem));
    }
  };
  const save = useMutation({
    mutationFn: () => write(draft, reason),
    onSuccess: async (saved) => {
      client.setQueryData(['strategy', 'one', strategy.guid], saved);
      onStored?.();
      await client.invalidateQueries({ queryKey: ['strategy'] });
      sayWithUndo(t('saved', { count: reach?.now ?? 0 }), c('undo'), () => void back());
      onClose();
    },
  });
  const begin = useMutation({
    mutationFn: (how: Plan) => beginRollout(strategy.guid, draft, how, reason),
    onSuccess: async () => {
      onStored?.();
      await client.invalidateQueries({ queryKey: ['strategy'] });
      onClose();
      // What was edited is on its way; leaving does not lose it.
      void navigate({ to: '/strategies/$guid/rollout', params: { guid: strategy.guid }, ignoreBlocker: true });
    },
  });
  const error = plan === null ? save.error : begin.error;
  return (
    <Modal opened size="lg" onClose={onClose} title={t('reviewTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(error)}
          </Alert>
        )}
        <DiffTable keys={changed} before={strategy.config_options} after={draft} />
        <p className={styles.text}>
          {reach === undefined ? null : t('effect', { count: reach.now, all: reach.devices })} {t('localChanges')}
        </p>
        {isShutOut ? (
          <Alert color="red" variant="light">
            {t('shutOut', { address })}
          </Alert>
        ) : null}
        {stops ? (
          <Alert color="red" variant="light">
            {t('stops')}
          </Alert>
        ) : null}
        {needsSure ? <Checkbox label={t('sure')} checked={isSure} onChange={(e) => setSure(e.currentTarget.checked)} /> : null}
        <Radio.Group
          label={t('rollout.how')}
          description={isStaged ? t('rollout.staged') : undefined}
          value={plan === null ? 'all' : 'rings'}
          onChange={(how) => setPlan(how === 'rings' ? usualPlan : null)}
        >
          <Group gap="md" mt="xs">
            <Radio value="all" label={t('rollout.allAtOnce')} disabled={isStaged} />
            <Radio value="rings" label={t('rollout.inRings')} disabled={!strategy.enabled} />
          </Group>
        </Radio.Group>
        {plan === null ? null : <PlanFields plan={plan} onChange={setPlan} />}
        <TextInput label={t('rollout.why')} maxLength={1000} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {c('cancel')}
          </Button>
          <Button
            loading={save.isPending || begin.isPending}
            disabled={needsSure && !isSure}
            onClick={() => {
              if (plan === null) save.mutate();
              else begin.mutate(plan);
            }}
          >
            {plan === null ? t('publish', { count: changed.length }) : t('rollout.begin')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
