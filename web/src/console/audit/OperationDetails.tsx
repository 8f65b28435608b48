import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { call } from '../../api/client';
import { undoJob } from '../../api/jobs';
import { can, useMe } from '../../api/me';
import { Facts } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { complain, say } from '../../ui/toast';
import styles from './audit.module.css';
import type { Operation } from '../../entities/operations';
import { changesOf, detailsOf, revertOf, type Revert } from './revert';

type Props = { operation: Operation; onOnly: (key: 'operator' | 'iop' | 'ip', value: string) => void };

/** What an operation changed, the way back, and others like it. */
export function OperationDetails({ operation: o, onOnly }: Props) {
  const t = useTranslations('audit');
  const details = detailsOf(o);
  const changes = changesOf(o);
  return (
    <div className={styles.details}>
      {changes.length === 0 ? null : (
        <table className={styles.changes}>
          <caption>{t('changed')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('member')}</th>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(([name, before, after]) => (
              <tr key={name}>
                <th scope="row" className="mono">{name}</th>
                <td>{before === '' ? t('empty') : before}</td>
                <td>{after === '' ? t('empty') : after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {details.length === 0 ? null : <Facts items={details} />}
      <Group gap="xs">
        <RevertKey operation={o} />
        <Button size="xs" variant="default" onClick={() => onOnly('iop', String(o.iop))}>
          {t('onlyKind')}
        </Button>
        <Button size="xs" variant="default" onClick={() => onOnly('operator', o.operator)}>
          {t('onlyPerson', { name: o.operator })}
        </Button>
        {o.ip === '' ? null : (
          <Button size="xs" variant="default" onClick={() => onOnly('ip', o.ip)}>
            {t('fromSame')}
          </Button>
        )}
      </Group>
    </div>
  );
}

const work = (way: Revert): Promise<unknown> =>
  way.kind === 'job' ? undoJob(way.guid) : call('PATCH', `/api/settings/${way.name}`, { body: way.values });

function RevertKey({ operation }: { operation: Operation }) {
  const t = useTranslations('audit');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const way = revertOf(operation);
  const revert = useMutation({
    mutationFn: work,
    onSuccess: async () => {
      await client.invalidateQueries();
      say(t('reverted'));
    },
    onError: (problem) => complain(textOf(problem)),
  });
  // What somebody does in address books is his own.
  const isTheirs = operation.operator !== me.name && String(operation.info.kind).startsWith('books.');
  if (way === null || (way.kind === 'job' && isTheirs) || (way.kind === 'setting' && !can(me, 'settings.edit'))) return null;
  return (
    <Button size="xs" variant="default" loading={revert.isPending} onClick={() => revert.mutate(way)}>
      {t(way.kind === 'job' ? 'undoJob' : 'revert')}
    </Button>
  );
}
