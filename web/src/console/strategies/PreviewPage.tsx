import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { DevicePicker } from '../../entities/DevicePicker';
import { NamePicker } from '../../entities/NamePicker';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { DraftEffectCards } from './DraftEffectCards';
import { deviceOfQuery, draftQuery, groupOfQuery, type Strategy } from './queries';
import { differences } from './rollouts';
import styles from './strategies.module.css';
import { StrategyFrame } from './StrategyFrame';
import { useDraft } from './useDraft';

const text = (value: unknown) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

/** What the options, as they stand in the editor, do on a device, on a group, or on all devices. */
export function PreviewPage() {
  return <StrategyFrame now="preview">{(strategy) => <Preview strategy={strategy} />}</StrategyFrame>;
}

function Preview({ strategy }: { strategy: Strategy }) {
  const t = useTranslations('strategies');
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const [device, group] = [text(search.device), text(search.group)];
  const on = device !== '' || search.on === 'device' ? 'device' : group !== '' || search.on === 'group' ? 'group' : 'all';
  const { draft, base } = useDraft(strategy);
  const peer = useQuery({ ...deviceOfQuery(device), enabled: device !== '' });
  const found = useQuery({ ...groupOfQuery(group), enabled: group !== '' });
  const guid = (on === 'device' ? peer.data?.guid : found.data) ?? '';
  const target = on === 'device' ? { peer: guid } : on === 'group' ? { group: guid } : {};
  const isChosen = on === 'all' || guid !== '';
  const effect = useQuery({
    ...draftQuery(strategy.guid, { config_options: draft, ...target }),
    enabled: isChosen,
    placeholderData: keepPreviousData,
  });
  const go = (change: Record<string, string>) =>
    void navigate({ to: '.', search: Object.fromEntries(Object.entries(change).filter(([, value]) => value !== '')), replace: true });
  const changes = differences(base.values, draft).length;
  return (
    <>
      <p className={styles.text}>{changes === 0 ? t('preview.stored') : t('preview.draft', { count: changes })}</p>
      <div className={styles.bar}>
        <SegmentedControl
          aria-label={t('preview.on')}
          data={(['all', 'group', 'device'] as const).map((value) => ({ value, label: t(`preview.${value}`) }))}
          value={on}
          onChange={(value) => go({ on: value === 'all' ? '' : value })}
        />
        <div className={styles.box}>
          {on === 'device' ? <DevicePicker label={t('preview.pickDevice')} value={device} onChange={(id) => go({ on: 'device', device: id })} /> : null}
          {on === 'group' ? (
            <NamePicker kind="device-groups" label={t('preview.pickGroup')} isRequired value={group} onChange={(name) => go({ on: 'group', group: name })} />
          ) : null}
        </div>
      </div>
      {effect.error === null ? null : <ErrorPanel error={effect.error} onRetry={() => void effect.refetch()} />}
      {peer.data === null && device !== '' ? <p role="status">{t('unknownDevice')}</p> : null}
      {isChosen && effect.data !== undefined ? <DraftEffectCards strategy={strategy} effect={effect.data} isOne={on === 'device'} /> : null}
      <p className={styles.text}>{t('drift')}</p>
    </>
  );
}
