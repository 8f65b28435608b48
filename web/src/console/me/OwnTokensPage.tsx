import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import { MakeOwnToken } from './MakeOwnToken';
import { MePage } from './MePage';
import styles from './me.module.css';
import { endOwnToken, ownTokensQuery, type OwnToken } from './queries';

/** What one's own scripts sign in with. */
export function OwnTokensPage() {
  const t = useTranslations('me');
  const s = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(ownTokensQuery);
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<OwnToken | null>(null);
  const end = useMutation({
    mutationFn: endOwnToken,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      say(s('token.ended', { name: doomed?.name ?? '' }));
    },
    onError: (problem) => complain(textOf(problem)),
    onSettled: () => setDoomed(null),
  });
  return (
    <MePage
      page="tokens"
      title={t('tokens')}
      lead={t('tokensLead')}
      actions={
        data?.may_make === true ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
            {s('token.make')}
          </Button>
        ) : undefined
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.may_make === false ? <p className={styles.text}>{t('tokensClosed')}</p> : null}
      {data === undefined ? null : data.data.length === 0 ? (
        <Empty title={s('token.none')} text={s('token.noneText')} />
      ) : (
        <Card isFlush>
          <ul className={styles.list}>
            {data.data.map((token) => (
              <li key={token.guid} className={styles.item}>
                <IconKey size={20} aria-hidden />
                <span className={styles.grow}>
                  {token.name}
                  <ScopeWords scopes={token.scopes} />
                  <span className={styles.muted}>
                    {s('token.expires')} {token.expires_at === null ? s('token.neverExpires') : <TimeText iso={token.expires_at} />}
                    {' · '}
                    {s('token.used')} <TimeText iso={token.last_used_at} /> {token.last_address}
                  </span>
                </span>
                <Button
                  size="xs"
                  variant="default"
                  color="red"
                  aria-label={s('token.endOf', { name: token.name })}
                  onClick={() => setDoomed(token)}
                >
                  {s('token.end')}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {isMaking && data !== undefined ? <MakeOwnToken scopes={data.scopes} mostDays={data.most_days} onClose={() => setMaking(false)} /> : null}
      <Confirm
        isOpen={doomed !== null}
        title={s('token.endTitle', { name: doomed?.name ?? '' })}
        action={s('token.end')}
        isBusy={end.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => end.mutate(doomed?.guid ?? '')}
      >
        {s('token.endText')}
      </Confirm>
    </MePage>
  );
}

function ScopeWords({ scopes }: { scopes: string }) {
  const s = useTranslations('settings');
  const words = scopes.split(' ').map((scope) => {
    const [name = '', level = ''] = scope.split(':');
    const area = s.has(`areas.${name}`) ? s(`areas.${name}`) : name;
    return s(level === 'rw' ? 'token.readWrite' : 'token.readOnly', { area });
  });
  return <span className={styles.muted}>{words.join(', ')}</span>;
}
