import { Button, SegmentedControl, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import { groupedId } from '../../ui/groupedId';
import styles from './access.module.css';
import { DryRun } from './DryRun';
import type { Change } from './queries';
import { WhatIfRule } from './WhatIfRule';
import { readSuppositions, sumOf, useSuppositionText, written, type Supposition } from './suppositions';

type Props = {
  user: string;
  device: string;
  /** As the address has it. */
  text: string;
  onText: (text: string) => void;
};

const kinds = ['member', 'device', 'add', 'without'] as const;

/** What would come of other groups and other rules, several at once; nothing is changed. */
export function WhatIf({ user, device, text, onText }: Props) {
  const t = useTranslations('access');
  const textOf = useSuppositionText();
  const [kind, setKind] = useState<(typeof kinds)[number]>('member');
  const supposed = useMemo(() => readSuppositions(text), [text]);
  const change = useMemo<Change | null>(() => sumOf(supposed), [supposed]);
  const add = (one: Supposition) => onText(written([...supposed.filter((other) => JSON.stringify(other) !== JSON.stringify(one)), one]));
  const able = kinds.filter((k) => (k === 'member' ? user !== '' : k === 'device' ? device !== '' : true));
  const now = able.includes(kind) ? kind : (able[0] ?? 'add');
  return (
    <Card title={t('whatIf')}>
      <Stack gap="md">
        <SegmentedControl
          className={styles.kinds ?? ''}
          aria-label={t('whatIf')}
          data={able.map((k) => ({ value: k, label: t(`whatIfKinds.${k}`) }))}
          value={now}
          onChange={(value) => setKind(kinds.find((k) => k === value) ?? 'add')}
        />
        <div className={styles.form}>
          {now === 'member' ? (
            <NamePicker
              kind="user-groups"
              label={t('whatIfGroup', { user })}
              value=""
              onChange={(group) => (group === '' ? undefined : add({ kind: 'member', user, group }))}
            />
          ) : null}
          {now === 'device' ? (
            <NamePicker
              kind="device-groups"
              label={t('whatIfDevice', { device: groupedId(device) })}
              value=""
              onChange={(group) => (group === '' ? undefined : add({ kind: 'device', device, group }))}
            />
          ) : null}
          {now === 'add' || now === 'without' ? <WhatIfRule key={now} isNew={now === 'add'} onAdd={add} /> : null}
        </div>
        {supposed.length === 0 ? null : (
          <ul className={styles.supposed} aria-label={t('supposed')}>
            {supposed.map((one, index) => (
              <li key={JSON.stringify(one)}>
                {textOf(one)}
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={t('takeBackOf', { what: textOf(one) })}
                  onClick={() => onText(written(supposed.filter((_, i) => i !== index)))}
                >
                  {t('takeBack')}
                </Button>
              </li>
            ))}
          </ul>
        )}
        <DryRun change={change} />
      </Stack>
    </Card>
  );
}
