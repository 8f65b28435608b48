import { IconCircleCheck, IconCircleX, IconClockPause } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { Status } from '../ui/Status';
import { stateOf, type Node } from './nodes';

const looks = {
  healthy: { tone: 'ok', icon: IconCircleCheck },
  draining: { tone: 'warn', icon: IconClockPause },
  toDrain: { tone: 'warn', icon: IconClockPause },
  down: { tone: 'bad', icon: IconCircleX },
} as const;

/** How a node is, in a word. */
export function NodeState({ node }: { node: Node }) {
  const t = useTranslations('entities');
  const state = stateOf(node);
  return <Status tone={looks[state].tone} icon={looks[state].icon} word={t(`nodeStates.${state}`)} />;
}

/** What a part of a server is called; what has no name is called as the server does. */
export function usePartName() {
  const t = useTranslations('entities');
  return useCallback((part: string) => (t.has(`parts.${part}`) ? t(`parts.${part}`) : part), [t]);
}
