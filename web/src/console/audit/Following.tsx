import { Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';

// The feed says that a list is stale; where it says nothing, or is lost, the list is read all the same.
const often = 5000;

/** Whether new rows stand on top by themselves, and how often the list is read then. */
export function useFollowing() {
  const [isOn, setOn] = useState(false);
  return [isOn, setOn, isOn ? often : false] as const;
}

/** New rows come by themselves. */
export function FollowSwitch({ isOn, onChange }: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  const t = useTranslations('audit');
  return <Switch label={t('follow')} checked={isOn} onChange={(e) => onChange(e.currentTarget.checked)} />;
}
