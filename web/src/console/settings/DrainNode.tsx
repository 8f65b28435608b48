import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { can, useMe } from '../../api/me';
import type { Node } from '../../entities/nodes';
import { Confirm } from '../../ui/Confirm';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';

/** Keeps new work from a node after asking, and gives it some again without. */
export function DrainNode({ node, isOnly }: { node: Node; isOnly: boolean }) {
  const t = useTranslations('settings');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const [isAsking, setAsking] = useState(false);
  const drains = node.drains_since !== undefined && node.drains_since !== null;
  const change = useMutation({
    mutationFn: (draining: boolean) => call<Node>('PATCH', `/api/console/nodes/${node.guid}`, { body: { draining } }),
    onSuccess: async (_, draining) => {
      setAsking(false);
      await client.invalidateQueries({ queryKey: ['health'] });
      say(t(draining ? 'node.drained' : 'node.revived', { name: node.name }));
    },
    onError: (problem) => {
      setAsking(false);
      complain(textOf(problem));
    },
  });
  if (!can(me, 'settings.edit')) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={t(drains ? 'node.reviveOf' : 'node.drainOf', { name: node.name })}
        loading={change.isPending}
        onClick={() => (drains ? change.mutate(false) : setAsking(true))}
      >
        {t(drains ? 'node.revive' : 'node.drain')}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={t('node.drainTitle', { name: node.name })}
        action={t('node.drainNow')}
        isBusy={change.isPending}
        isHarmless
        onCancel={() => setAsking(false)}
        onConfirm={() => change.mutate(true)}
      >
        <p>{t('node.drainText')}</p>
        <p>{t(isOnly ? 'node.only' : 'node.later')}</p>
      </Confirm>
    </>
  );
}
