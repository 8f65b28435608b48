import { Alert, Button, Group } from '@mantine/core';
import { IconCircleCheck, IconHandStop, IconPlayerPause, IconPlayerPlay, IconRotate } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { RingTable } from './RingTable';
import { differences, stepRollout, type Rollout, type RolloutStep } from './rollouts';
import styles from './strategies.module.css';
import { useOptionText } from './useOptionText';

const states = {
  running: ['info', IconPlayerPlay],
  paused: ['warn', IconPlayerPause],
  stopped: ['bad', IconHandStop],
  done: ['ok', IconCircleCheck],
  rolled_back: ['neutral', IconRotate],
} as const;

/** One roll-out: how far each ring is, and what can be done now. */
export function RolloutCard({ rollout }: { rollout: Rollout }) {
  const t = useTranslations('strategies');
  const me = useMe();
  const option = useOptionText();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [asked, setAsked] = useState<'promote' | 'roll-back' | null>(null);
  const step = useMutation({
    mutationFn: (what: RolloutStep) => stepRollout(rollout.guid, what),
    onError: (problem) => complain(textOf(problem)),
    onSettled: async () => {
      setAsked(null);
      await client.invalidateQueries({ queryKey: ['strategy'] });
    },
  });
  const isOpen = rollout.ended_at === null;
  const isLast = rollout.ring + 1 >= rollout.rings.length;
  const [tone, icon] = states[rollout.state];
  const changed = differences(rollout.before, rollout.config_options);
  const isMoving = rollout.state === 'running' || rollout.state === 'paused';
  return (
    <Card
      title={t('rollout.of', { count: changed.length })}
      actions={<Status tone={tone} icon={icon} word={t(`rollout.states.${rollout.state}`)} />}
    >
      {rollout.state === 'stopped' ? (
        <Alert color="red" variant="light" role="status">
          {t('rollout.stoppedText', { percent: rollout.lost_percent })}
        </Alert>
      ) : null}
      <p className={styles.text}>
        {changed.map((key) => option.label(key)).join(', ')}
        {rollout.note === '' ? null : ` · ${rollout.note}`}
      </p>
      <p className={styles.text}>
        {t('rollout.begun', { name: rollout.created_by })} <TimeText iso={isoOf(rollout.created_at)} />
        {rollout.ended_at === null ? null : (
          <>
            {' · '}
            {t('rollout.ended')} <TimeText iso={isoOf(rollout.ended_at)} />
          </>
        )}
      </p>
      <RingTable rollout={rollout} />
      {isOpen && can(me, 'strategies.edit') ? (
        <Group gap="xs" mt="md">
          {isMoving ? (
            <Button disabled={step.isPending} onClick={() => setAsked('promote')}>
              {t(isLast ? 'rollout.finish' : 'rollout.promote')}
            </Button>
          ) : null}
          {rollout.state === 'running' ? (
            <Button variant="default" disabled={step.isPending} onClick={() => step.mutate('pause')}>
              {t('rollout.pause')}
            </Button>
          ) : (
            <Button variant="default" disabled={step.isPending} onClick={() => step.mutate('resume')}>
              {t('rollout.resume')}
            </Button>
          )}
          <Button variant={isMoving ? 'default' : 'filled'} color="red" disabled={step.isPending} onClick={() => setAsked('roll-back')}>
            {t('rollout.back')}
          </Button>
        </Group>
      ) : null}
      <Confirm
        isOpen={asked !== null}
        title={t(asked === 'roll-back' ? 'rollout.back' : isLast ? 'rollout.finish' : 'rollout.promote')}
        action={t(asked === 'roll-back' ? 'rollout.back' : isLast ? 'rollout.finish' : 'rollout.promote')}
        isBusy={step.isPending}
        onCancel={() => setAsked(null)}
        onConfirm={() => asked !== null && step.mutate(asked)}
      >
        {t(asked === 'roll-back' ? 'rollout.backText' : isLast ? 'rollout.finishText' : 'rollout.promoteText')}
      </Confirm>
    </Card>
  );
}
