import { Alert, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { DevicePicker } from '../../entities/DevicePicker';
import { NamePicker } from '../../entities/NamePicker';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import { sayWithUndo } from '../../ui/UndoToast';
import {
  assignStrategy,
  groupsNamed,
  previewQuery,
  targetsQuery,
  usersNamed,
  type Strategy,
  type Target,
  type TargetLists,
} from './queries';
import styles from './strategies.module.css';
import { StrategyFrame } from './StrategyFrame';

type Wish = { list: keyof TargetLists; guid: string; name: string; isRemoval: boolean };

/** Which strategy something gets, and had before: null for none; undefined where that is not known. */
type Move = Wish & { to: string | null; had: string | null | undefined; isUndo?: boolean };

const nothing: TargetLists = { peers: [], users: [], groups: [] };

/** Whom a strategy is given to; giving and taking says first which devices that changes. */
export function TargetsPage() {
  return <StrategyFrame now="targets">{(strategy) => <Targets strategy={strategy} />}</StrategyFrame>;
}

function Targets({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const c = useTranslations('common');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(targetsQuery(strategy.guid));
  const [wish, setWish] = useState<Wish | null>(null);
  const [round, setRound] = useState(0);
  const mayEdit = can(me, 'strategies.edit');
  const lists = (w: Wish): TargetLists => ({ ...nothing, [w.list]: [w.guid] });
  const preview = useQuery(previewQuery(wish === null ? null : { strategy: strategy.guid, ...lists(wish), remove: wish.isRemoval }));
  const held = preview.data?.held[0];
  const work = useMutation({
    mutationFn: (m: Move) => assignStrategy(m.to, lists(m)),
    onSuccess: async (_, m) => {
      await client.invalidateQueries({ queryKey: ['strategy'] });
      const { had, name } = m;
      const message = t(m.isUndo === true ? 'putBack' : m.isRemoval ? 'taken' : 'given', { name });
      if (had === undefined || m.isUndo === true) say(message);
      else sayWithUndo(message, c('undo'), () => work.mutate({ ...m, to: had, isUndo: true }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => {
      setWish(null);
      setRound((r) => r + 1);
    },
  });
  const ask = async (list: keyof TargetLists, name: string, find: (name: string) => Promise<string>) => {
    if (name === '') return;
    const guid = await find(name);
    if (guid !== '') setWish({ list, guid, name, isRemoval: false });
  };
  const nameOf = (list: keyof TargetLists, target: Target) =>
    list === 'peers' ? [target.label, groupedId(target.name)].filter((x) => x !== '').join(' · ') : target.label || target.name;
  const chips = (list: keyof TargetLists, targets: readonly Target[] | undefined) =>
    targets?.length === 0 ? (
      <p className={styles.text}>{t(`noTargets.${list}`)}</p>
    ) : (
      <ul className={styles.chips}>
        {targets?.map((target) => (
          <li key={target.guid}>
            <Button
              size="xs"
              variant="light"
              disabled={!mayEdit}
              rightSection={mayEdit ? <IconX size={14} aria-hidden /> : undefined}
              aria-label={t('takeFrom', { name: nameOf(list, target) })}
              onClick={() => setWish({ list, guid: target.guid, name: nameOf(list, target), isRemoval: true })}
            >
              {nameOf(list, target)}
            </Button>
          </li>
        ))}
      </ul>
    );
  return (
    <>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      <p className={styles.text}>{t('precedence')}</p>
      <Card title={t('targetGroups', { count: data?.device_groups.length ?? 0 })}>
        {chips('groups', data?.device_groups)}
        {mayEdit ? (
          <div className={styles.add}>
            <NamePicker key={round} kind="device-groups" label={t('addGroup')} value="" onChange={(name) => void ask('groups', name, groupsNamed)} />
          </div>
        ) : null}
      </Card>
      <Card title={t('targetUsers', { count: data?.users.length ?? 0 })}>
        {chips('users', data?.users)}
        {mayEdit ? (
          <div className={styles.add}>
            <NamePicker key={round} kind="users" label={t('addUser')} value="" onChange={(name) => void ask('users', name, usersNamed)} />
          </div>
        ) : null}
      </Card>
      <Card title={t('targetDevices', { count: data?.devices.length ?? 0 })}>
        {chips('peers', data?.devices)}
        {mayEdit ? (
          <div className={styles.add}>
            <DevicePicker
              key={round}
              label={t('addDevice')}
              value=""
              onChange={(id, guid) => {
                if (guid !== '') setWish({ list: 'peers', guid, name: groupedId(id), isRemoval: false });
              }}
            />
          </div>
        ) : null}
      </Card>
      <Confirm
        isOpen={wish !== null}
        title={t(wish?.isRemoval === true ? 'takeTitle' : 'giveTitle', { name: wish?.name ?? '', strategy: strategy.name })}
        action={t(wish?.isRemoval === true ? 'take' : 'give')}
        isHarmless={preview.data !== undefined}
        isBusy={work.isPending || preview.isFetching}
        onCancel={() => setWish(null)}
        onConfirm={() => {
          if (wish !== null) work.mutate({ ...wish, to: wish.isRemoval ? null : strategy.guid, had: preview.data && (held?.strategy ?? null) });
        }}
      >
        {held === undefined || held.strategy === strategy.guid ? null : <p className={styles.text}>{t('replaces', { name: held.name })}</p>}
        <Alert variant="light" role="status">
          {preview.error !== null
            ? textOf(preview.error)
            : preview.data === undefined
              ? t('counting')
              : t('moves', { now: preview.data.now, then: preview.data.then, gained: preview.data.gained, lost: preview.data.lost })}
        </Alert>
      </Confirm>
    </>
  );
}
