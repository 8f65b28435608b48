import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Card, Facts } from '../../ui/Card';
import { clockText } from '../../ui/clockText';
import { CopyValue } from '../../ui/CopyValue';
import { groupedId } from '../../ui/groupedId';
import { TimeText } from '../../ui/TimeText';
import { useBytes } from '../../ui/useBytes';
import { hashAddress, startOf, type Recording } from './queries';

/** What is known of a recording. */
export function RecordingFacts({ recording: r }: { recording: Recording }) {
  const t = useTranslations('recordings');
  const bytes = useBytes();
  const items: (readonly [string, ReactNode])[] = [
    [t('id'), <CopyValue key="id" value={r.recordId} label={t('id')} />],
    [t('started'), <TimeText key="start" iso={startOf(r)} isAbsolute />],
  ];
  if (r.durationMs !== undefined) items.push([t('length'), clockText(r.durationMs / 1000)]);
  items.push([t('size'), bytes(r.size)]);
  if (r.device !== '') {
    items.push([
      t('device'),
      <Link key="device" to="/devices/$id" params={{ id: r.device }}>
        {groupedId(r.device)}
      </Link>,
    ]);
  }
  if (r.peer !== '') items.push([t('peer'), groupedId(r.peer)]);
  if (r.direction === 'incoming' || r.direction === 'outgoing') items.push([t('direction'), t(`directions.${r.direction}`)]);
  items.push([t('user'), r.user ?? t('nobody')], [t('source'), r.uploaded ? t('upload') : t('stream')]);
  if (r.codec !== '') items.push([t('codec'), r.codec.toUpperCase()]);
  if (r.sha256 !== undefined) {
    items.push([
      t('hash'),
      <span key="hash">
        <CopyValue isBlock value={r.sha256} label={t('hash')} /> <a href={hashAddress(r.recordId)} download>{t('hashFile')}</a>
      </span>,
    ]);
  }
  items.push([t('keptUntil'), r.held || r.keptUntil === undefined ? t('always') : <TimeText key="kept" iso={r.keptUntil} isAbsolute />]);
  return (
    <Card title={t('facts')}>
      <Facts items={items} />
      {r.downloadUrl === undefined ? null : (
        <CopyValue isBlock value={new URL(r.downloadUrl, location.href).href} shown={t('linkShown')} label={t('link')} />
      )}
    </Card>
  );
}
