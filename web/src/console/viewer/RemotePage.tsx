import { Button } from '@mantine/core';
import { IconCircle, IconCircleFilled, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { useMe } from '../../api/me';
import { appLink, connectKindOf } from '../../entities/connecting';
import { Bare } from '../../ui/Bare';
import { Card, Facts } from '../../ui/Card';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { groupedId } from '../../ui/groupedId';
import { Page } from '../../ui/Page';
import { Status } from '../../ui/Status';
import { TimeText } from '../../ui/TimeText';
import { latestQuery, targetQuery, type Target } from './queries';

/** The way to a device: what is known of it, who is on it, and the press that connects. A link never connects by itself. */
export function RemotePage() {
  const t = useTranslations('viewer');
  const me = useMe();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: device, error, refetch } = useQuery(targetQuery(id));
  const name = device?.info.device_name ?? '';
  return (
    <Bare name={me.server_name}>
      <Page title={name === '' ? groupedId(id) : name} suffix={me.server_name}>
        {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {device === null ? (
          <Empty title={t('unknown')} text={t('unknownText')} action={<Link to="/devices">{t('toList')}</Link>} />
        ) : null}
        {device === null || device === undefined ? null : <Way device={device} />}
      </Page>
    </Bare>
  );
}

function Way({ device }: { device: Target }) {
  const t = useTranslations('viewer');
  const words = useTranslations('entities');
  const search: { kind?: unknown } = useSearch({ strict: false });
  const kind = connectKindOf(search.kind);
  const { data: latest } = useQuery(latestQuery(device.id));
  const open = latest?.data.filter((c) => c.end_time === null) ?? [];
  const last = latest?.data[0];
  return (
    <Card>
      <Facts
        items={[
          [
            t('state'),
            device.is_online ? (
              <Status key="s" tone="ok" icon={IconCircleFilled} word={t('online')} />
            ) : (
              <Status key="s" tone="neutral" icon={IconCircle} word={t('offline')} />
            ),
          ],
          [t('kind'), words(`kinds.${kind.number}`)],
          [t('id'), <span key="id" className="mono">{groupedId(device.id)}</span>],
          [t('owner'), device.user_name || t('nobody')],
          [t('system'), device.info.os || t('unreported')],
          [t('onIt'), open.length === 0 ? t('nobody') : open.map((c) => c.local_user || c.info.name || c.info.ip).join(', ')],
          [t('last'), last === undefined ? t('never') : <TimeText key="l" iso={isoOf(last.created_at)} />],
        ]}
      />
      {device.status === 0 ? <p>{t('disabled')}</p> : null}
      {device.status === 1 ? (
        <Button component="a" href={appLink(device.id, kind)} leftSection={<IconExternalLink size={16} aria-hidden />}>
          {t('openApp')}
        </Button>
      ) : null}
      <Link to="/devices/$id" params={{ id: device.id }}>
        {t('toDevice')}
      </Link>
    </Card>
  );
}
