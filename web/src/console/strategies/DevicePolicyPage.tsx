import { IconBan, IconCircleCheck, IconClock, IconMinus, IconQuestionMark } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { DeviceTabs } from '../../entities/DeviceTabs';
import { Card } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { PolicyOptions } from './PolicyOptions';
import { deviceOfQuery, policyQuery, type Policy } from './queries';
import styles from './strategies.module.css';

/** Which strategies are given to a device, which one is in effect and why, and what it sets. */
export function DevicePolicyPage() {
  const t = useTranslations('strategies');
  const me = useMe();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const device = useQuery(deviceOfQuery(id));
  const { data, error, refetch } = useQuery(policyQuery(device.data?.guid ?? ''));
  const name = device.data?.info.device_name ?? '';
  const title = t('policyOf', { name: name === '' ? groupedId(id) : name });
  const back = (
    <Link to="/devices/$id" params={{ id }}>
      {t('toDevice')}
    </Link>
  );
  if (device.data === null) {
    return (
      <Page title={title}>
        <Empty title={t('unknownDevice')} action={<Link to="/devices">{t('toDevices')}</Link>} />
      </Page>
    );
  }
  return (
    <Page title={title} suffix={me.server_name} lead={back}>
      <DeviceTabs id={id} now="policy" isOwn={device.data !== undefined && device.data.user_name !== '' && device.data.user_name === me.name} />
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Card title={t('ladder')}>
            <p className={styles.text}>{t(`outcomes.${data.outcome}`, { name: data.rungs[0]?.name ?? '' })}</p>
            {data.rungs.length === 0 ? null : (
              <ol className={styles.ladder}>
                {data.rungs.map((rung, index) => (
                  <li key={`${rung.level} ${rung.target}`} className={styles.rung} data-leads={index === 0}>
                    <span>
                      {t(`levels.${rung.level}`, { name: rung.level === 'device' ? groupedId(rung.target) : rung.target, rank: rung.rank ?? 0 })}
                      {': '}
                      <Link to="/strategies/$guid" params={{ guid: rung.strategy }}>
                        {rung.name}
                      </Link>
                    </span>
                    <span className={styles.help}>
                      {t('modified')} <TimeText iso={isoOf(rung.modified_at)} />
                    </span>
                    <RungState rung={rung} isFirst={index === 0} winner={data.rungs[0]?.name ?? ''} />
                  </li>
                ))}
              </ol>
            )}
          </Card>
          <Card title={t('delivery')}>
            <div>
              <Delivery state={data.delivery} />
            </div>
            <p className={styles.text}>{t(`deliveries.${data.delivery}`)}</p>
          </Card>
          <Card title={t('optionsThen', { count: Object.keys(data.options).length })}>
            {Object.keys(data.options).length === 0 ? (
              <p className={styles.text}>{t('noOptions')}</p>
            ) : (
              <PolicyOptions policy={data} />
            )}
            <p className={styles.text}>
              {t('localChanges')} {t('drift')}
            </p>
          </Card>
        </>
      )}
    </Page>
  );
}

function RungState({ rung, isFirst, winner }: { rung: Policy['rungs'][number]; isFirst: boolean; winner: string }) {
  const t = useTranslations('strategies');
  if (!isFirst) return <Status tone="neutral" icon={IconMinus} word={t('shadowed', { name: winner })} />;
  return rung.enabled ? (
    <Status tone="ok" icon={IconCircleCheck} word={t('applies')} />
  ) : (
    <Status tone="warn" icon={IconBan} word={t('appliesDisabled')} />
  );
}

function Delivery({ state }: { state: Policy['delivery'] }) {
  const t = useTranslations('strategies');
  const word = t(`deliveryWords.${state}`);
  if (state === 'delivered') return <Status tone="ok" icon={IconCircleCheck} word={word} />;
  if (state === 'waiting') return <Status tone="warn" icon={IconClock} word={word} />;
  return <Status tone="neutral" icon={state === 'nothing' ? IconMinus : IconQuestionMark} word={word} />;
}
