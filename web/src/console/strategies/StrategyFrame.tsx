import { Button } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { Page } from '../../ui/Page';
import { Status } from '../../ui/Status';
import { strategyQuery, type Strategy } from './queries';
import { StrategyForm } from './StrategyForm';
import { StrategyTabs, type StrategyTab } from './StrategyTabs';

type Props = { now: StrategyTab; children: (strategy: Strategy) => ReactNode };

/** One strategy: its name, its tabs, and the tab's content. */
export function StrategyFrame({ now, children }: Props) {
  const t = useTranslations('strategies');
  const me = useMe();
  const { guid = '' }: { guid?: string } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(strategyQuery(guid));
  const [isRenaming, setRenaming] = useState(false);
  if (error !== null) {
    return (
      <Page title={t('title')}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
        <Empty title={t('unknown')} action={<Link to="/strategies">{t('toList')}</Link>} />
      </Page>
    );
  }
  if (data === undefined) return <Page title={t('title')}>{null}</Page>;
  return (
    <Page
      title={data.name}
      suffix={`${t('title')} · ${me.server_name}`}
      lead={
        <>
          <Link to="/strategies">{t('toList')}</Link>
          {data.enabled ? null : (
            <>
              {' '}
              <Status tone="neutral" icon={IconBan} word={t('disabled')} title={t('disabledHelp')} />
            </>
          )}
          {data.note === '' ? null : ` · ${data.note}`}
        </>
      }
      actions={
        can(me, 'strategies.edit') ? (
          <Button variant="default" onClick={() => setRenaming(true)}>
            {t('rename')}
          </Button>
        ) : undefined
      }
    >
      <StrategyTabs guid={guid} now={now} />
      {children(data)}
      {isRenaming ? <StrategyForm strategy={data} onClose={() => setRenaming(false)} /> : null}
    </Page>
  );
}
