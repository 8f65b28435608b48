import { Alert, Button, Checkbox, Group, Modal, Radio, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import { PlanFields } from './PlanFields';
import { changeStrategy, previewQuery, type Option, type Strategy } from './queries';
import { beginRollout, usualPlan, type Plan } from './rollouts';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

type Props = {
  strategy: Strategy;
  options: readonly Option[];
  draft: Record<string, string>;
  changed: readonly string[];
  isShutOut: boolean;
  address: string;
  onClose: () => void;
};

/** What saving changes, and on how many devices; before it is done. */
export function ReviewChanges({ strategy, options, draft, changed, isShutOut, address, onClose }: Props) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const text = useOptionText();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data: reach } = useQuery(previewQuery({ strategy: strategy.guid }));
  const navigate = useNavigate();
  const [isSure, setSure] = useState(false);
  const [plan, setPlan] = useState<Plan | null>(null);
  const stops = changed.includes('stop-service') && draft['stop-service'] === 'Y';
  const needsSure = stops || isShutOut;
  const write = (config_options: Record<string, string>) =>
    changeStrategy(strategy.guid, { config_options, stop_confirmed: true });
  const back = async () => {
    try {
      await write(strategy.config_options);
      await client.invalidateQueries({ queryKey: ['strategy'] });
    } catch (problem) {
      complain(textOf(problem));
    }
  };
  const save = useMutation({
    mutationFn: () => write(draft),
    onSuccess: async (saved) => {
      client.setQueryData(['strategy', 'one', strategy.guid], saved);
      await client.invalidateQueries({ queryKey: ['strategy'] });
      sayWithUndo(t('saved', { count: reach?.now ?? 0 }), c('undo'), () => void back());
      onClose();
    },
  });
  const begin = useMutation({
    mutationFn: (wanted: Plan) => beginRollout(strategy.guid, draft, wanted),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['strategy'] });
      onClose();
      // What was edited is on its way; leaving does not lose it.
      void navigate({ to: '/strategies/$guid/rollout', params: { guid: strategy.guid }, ignoreBlocker: true });
    },
  });
  const error = plan === null ? save.error : begin.error;
  const shown = (key: string, value: string | undefined) => {
    const option = options.find((o) => o.key === key);
    return value === undefined || value === '' ? t('notSet') : option === undefined ? value : text.value(option, value);
  };
  return (
    <Modal opened size="lg" onClose={onClose} title={t('reviewTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        {error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(error)}
          </Alert>
        )}
        <table className={styles.changes}>
          <thead>
            <tr>
              <th scope="col">{t('option')}</th>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map((key) => (
              <tr key={key}>
                <th scope="row">{text.label(key)}</th>
                <td>
                  <del>{shown(key, strategy.config_options[key])}</del>
                </td>
                <td>{shown(key, draft[key])}</td>
              </tr>
            ))}
          </tbody>
        </table>
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
          value={plan === null ? 'all' : 'rings'}
          onChange={(how) => setPlan(how === 'rings' ? usualPlan : null)}
        >
          <Group gap="md" mt="xs">
            <Radio value="all" label={t('rollout.allAtOnce')} />
            <Radio value="rings" label={t('rollout.inRings')} disabled={!strategy.enabled} />
          </Group>
        </Radio.Group>
        {plan === null ? null : <PlanFields plan={plan} onChange={setPlan} />}
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
