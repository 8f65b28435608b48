import { ActionIcon, Button, Checkbox, NumberInput, Select } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import type { Plan, Ring } from './rollouts';
import styles from './strategies.module.css';

type Props = { plan: Plan; onChange: (plan: Plan) => void };

const most = 5;

/** Who gets the change first, and when it stops by itself. */
export function PlanFields({ plan, onChange }: Props) {
  const t = useTranslations('strategies');
  const set = (index: number, ring: Ring) => onChange({ ...plan, rings: plan.rings.with(index, ring) });
  return (
    <>
      <ol className={styles.rings}>
        {plan.rings.map((ring, index) => (
          <li key={index} className={styles.ring}>
            <Select
              label={t('rollout.ringNumber', { number: index + 1 })}
              allowDeselect={false}
              data={[
                { value: 'percent', label: t('rollout.share') },
                { value: 'group', label: t('rollout.group') },
              ]}
              value={ring.device_group === undefined ? 'percent' : 'group'}
              onChange={(kind) => set(index, kind === 'group' ? { device_group: '' } : { percent: 5 })}
            />
            {ring.device_group === undefined ? (
              <NumberInput
                label={t('rollout.percent', { number: index + 1 })}
                min={1}
                max={100}
                clampBehavior="strict"
                allowDecimal={false}
                hideControls
                value={ring.percent ?? 5}
                onChange={(value) => set(index, { percent: Math.max(1, Number(value)) })}
              />
            ) : (
              <NamePicker
                kind="device-groups"
                label={t('rollout.groupOf', { number: index + 1 })}
                isRequired
                value={ring.device_group}
                onChange={(name) => set(index, { device_group: name })}
              />
            )}
            {plan.rings.length < 2 ? null : (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('rollout.dropRing', { number: index + 1 })}
                onClick={() => onChange({ ...plan, rings: plan.rings.filter((_, i) => i !== index) })}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ol>
      <p className={styles.text}>{t('rollout.thenAll')}</p>
      {plan.rings.length >= most ? null : (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange({ ...plan, rings: [...plan.rings, { percent: 25 }] })}
        >
          {t('rollout.addRing')}
        </Button>
      )}
      <div className={styles.ring}>
        <NumberInput
          label={t('rollout.lostPercent')}
          min={0}
          max={100}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          value={plan.lost_percent}
          onChange={(value) => onChange({ ...plan, lost_percent: Number(value) })}
        />
        <NumberInput
          label={t('rollout.watchMinutes')}
          min={1}
          max={1440}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          value={plan.watch_minutes}
          onChange={(value) => onChange({ ...plan, watch_minutes: Math.max(1, Number(value)) })}
        />
      </div>
      <Checkbox
        label={t('rollout.goesOn')}
        checked={plan.goes_on}
        onChange={(e) => onChange({ ...plan, goes_on: e.currentTarget.checked })}
      />
    </>
  );
}
