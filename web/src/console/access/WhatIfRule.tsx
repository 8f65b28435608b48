import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { EndInput } from './EndInput';
import { allRulesQuery, isWhole, subjects, targets, type End, type SubjectKind, type TargetKind } from './queries';
import type { Supposition } from './suppositions';
import { useRuleTitle } from './useEndText';

type Props = { isNew: boolean; onAdd: (one: Supposition) => void };

/** A rule that is supposed to be there, or one that is supposed not to be. */
export function WhatIfRule({ isNew, onAdd }: Props) {
  const t = useTranslations('access');
  const titleOf = useRuleTitle();
  const [subject, setSubject] = useState<End<SubjectKind>>({ kind: 'user_group' });
  const [target, setTarget] = useState<End<TargetKind>>({ kind: 'device_group' });
  const { data: rules } = useQuery({ ...allRulesQuery, enabled: !isNew });
  if (!isNew) {
    return (
      <Select
        label={t('whatIfWithout')}
        searchable
        nothingFoundMessage={t('empty')}
        data={(rules ?? []).map((rule) => ({ value: rule.guid, label: titleOf(rule) }))}
        value={null}
        onChange={(guid) => {
          const rule = rules?.find((one) => one.guid === guid);
          if (rule !== undefined) onAdd({ kind: 'without', guid: rule.guid, name: titleOf(rule) });
        }}
      />
    );
  }
  return (
    <>
      <EndInput label={t('who')} group="subjectKinds" kinds={subjects} value={subject} onChange={setSubject} />
      <EndInput label={t('what')} group="targetKinds" kinds={targets} value={target} onChange={setTarget} />
      <Button
        variant="default"
        disabled={!isWhole(subject) || !isWhole(target)}
        onClick={() => onAdd({ kind: 'add', subject, target })}
      >
        {t('suppose')}
      </Button>
    </>
  );
}
