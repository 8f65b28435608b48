import { Alert, Button, Switch } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { useProblemText } from '../../ui/problemText';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { complain } from '../../ui/toast';
import { changeChannel, testChannel, type Channel } from './channels';
import styles from './settings.module.css';

type Props = { channel: Channel; onEdit: () => void; onDelete: () => void };

/** A channel: on or off, a test with its answer, how its deliveries go. */
export function ChannelRow({ channel: c, onEdit, onDelete }: Props) {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const work = {
    onSuccess: () => client.invalidateQueries({ queryKey: ['channels'] }),
    onError: (problem: unknown) => complain(textOf(problem)),
  };
  const toggle = useMutation({ mutationFn: () => changeChannel(c.guid, { enabled: !c.enabled }), ...work });
  const test = useMutation({ mutationFn: () => testChannel(c.guid), ...work });
  return (
    <li className={styles.item}>
      <span className={styles.grow}>
        <span className={styles.name}>{c.name}</span>
        <span className={styles.sub}>
          {`${t(`channel.kinds.${c.kind}`)} · ${c.kind === 'email' ? c.recipients.join(', ') : c.host}`}
        </span>
        {c.quiet_from === '' && c.digest === '' ? null : (
          <span className={styles.sub}>
            {c.digest === '' ? null : `${t(`channel.digests.${c.digest}`)}${c.digest === 'day' ? ` ${c.digest_at}` : ''} · `}
            {c.quiet_from === '' ? null : `${t('channel.quietIs', { from: c.quiet_from, until: c.quiet_until })} · `}
            {`${c.time_zone} · ${t('channel.held', { count: c.held })}`}
          </span>
        )}
        {c.quiet_now ? <Status tone="neutral" icon={IconBellOff} word={t('channel.quietNow')} /> : null}
        <span className={styles.sub}>
          {t('channel.counts', { waiting: c.waiting, failed: c.failed })} <TimeText iso={isoOf(c.last_sent_at)} />
        </span>
      </span>
      <Switch
        label={t('provider.enabled')}
        aria-label={t('provider.enabledOf', { name: c.name })}
        checked={c.enabled}
        disabled={toggle.isPending}
        onChange={() => toggle.mutate()}
      />
      <Button variant="default" aria-label={t('channel.testOf', { name: c.name })} loading={test.isPending} onClick={() => test.mutate()}>
        {t('channel.test')}
      </Button>
      <Button variant="default" aria-label={t('provider.editOf', { name: c.name })} onClick={onEdit}>
        {t('provider.edit')}
      </Button>
      <Button variant="subtle" color="red" aria-label={t('provider.removeOf', { name: c.name })} onClick={onDelete}>
        {t('channel.remove')}
      </Button>
      {test.data === undefined ? null : (
        <Alert w="100%" color={test.data.ok ? 'blue' : 'red'} variant="light" role="status">
          {test.data.ok ? t('channel.taken', { ms: test.data.took }) : t('channel.refused', { detail: test.data.detail })}
        </Alert>
      )}
    </li>
  );
}
