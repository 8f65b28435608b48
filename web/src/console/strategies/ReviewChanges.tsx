import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { FormError } from '../../ui/FormError';
import { letsIn } from './addresses';
import { addressKeys, notOffered } from './categories';
import { DiffTable } from './DiffTable';
import { PlanFields } from './PlanFields';
import { ownAddressQuery, previewQuery, type Strategy } from './queries';
import { usualPlan, type Plan } from './rollouts';
import styles from './strategies.module.css';
import type { Base } from './useDraft';
import { useReviewedSave } from './useReviewedSave';

type Props = {
  strategy: Strategy;
  base: Base;
  draft: Record<string, string>;
  changed: readonly string[];
  onStored?: () => void;
  onClose: () => void;
};

/** What saving changes, and on how many devices; before it is done. Putting an old version back is such a change too. */
export function ReviewChanges({ strategy, base, draft, changed, onStored, onClose }: Props) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const { data: reach } = useQuery(previewQuery({ strategy: strategy.guid }));
  const { data: address = '' } = useQuery(ownAddressQuery);
  const [isSure, setSure] = useState(false);
  const [reason, setReason] = useState('');
  const [wanted, setPlan] = useState<Plan | null>(null);
  const stops = changed.some((key) => notOffered.includes(key) && draft[key] === 'Y');
  const isShutOut = changed.includes('whitelist') && !letsIn(draft.whitelist ?? '', address);
  const needsSure = stops || isShutOut;
  // Some devices find out first whether an address is right, if there are any that would be told.
  const isStaged = strategy.enabled && reach?.now !== 0 && changed.some((key) => addressKeys.includes(key));
  const plan = isStaged ? (wanted ?? usualPlan) : wanted;
  const save = useReviewedSave({ strategy, base, changed, reason, onStored, onClose });
  return (
    <Modal opened size="lg" onClose={onClose} title={t('reviewTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <Stack gap="md">
        <FormError error={save.error} />
        <DiffTable keys={changed} before={base.values} after={draft} />
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
            loading={save.isPending}
            disabled={needsSure && !isSure}
            onClick={() => save.submit(draft, plan)}
          >
            {plan === null ? t('publish', { count: changed.length }) : t('rollout.begin')}
          </Button>
        </Group>
      </Stack>
      {save.view}
    </Modal>
  );
}
