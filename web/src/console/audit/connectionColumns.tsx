import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import type { Connection } from '../../api/sessions';
import { ConnectionLength, ConnectionPath, ConnectionState, deviceOf } from '../../entities/ConnectionTable';
import type { Column } from '../../ui/DataTable/DataTable';
import { groupedId } from '../../ui/groupedId';
import { PlainLink } from '../../ui/PlainLink';
import { TimeText } from '../../ui/TimeText';

/** What the log of connections shows of each. */
export function useAuditColumns(): readonly Column<Connection>[] {
  const t = useTranslations('audit');
  const e = useTranslations('entities');
  return useMemo(
    () => [
      { id: 'time', inFile: 'created_at', header: t('time'), isFixed: true, card: 'line', cell: (c) => <TimeText iso={isoOf(c.created_at)} isAbsolute /> },
      {
        id: 'device',
        inFile: 'remote',
        header: e('device'),
        isFixed: true,
        card: 'title',
        cell: (c) => <PlainLink className="cut" to={`/devices/${encodeURIComponent(c.device_id)}`} text={deviceOf(c)} />,
      },
      { id: 'operator', inFile: 'local_user', header: e('operator'), card: 'line', cell: (c) => <Account name={c.local_user} guid={c.user_guid} /> },
      { id: 'kind', inFile: 'conn_type', header: e('kind'), card: 'line', cell: (c) => (c.conn_type === undefined ? '' : e(`kinds.${c.conn_type}`)) },
      { id: 'length', inFile: 'end_time', header: e('length'), isNumber: true, cell: (c) => <ConnectionLength connection={c} /> },
      {
        id: 'recording',
        header: e('recording'),
        card: 'line',
        cell: (c) =>
          c.recording === undefined ? null : (
            <PlainLink className="one-line" to={`/recordings/${encodeURIComponent(c.recording)}?play=1`} text={t('play')} />
          ),
      },
      {
        id: 'reported',
        inFile: ['name', 'local'],
        header: t('reported'),
        isExtra: true,
        cell: (c) => <Reported text={[c.info.name, groupedId(c.local)].filter((s) => s !== '').join(' · ')} />,
      },
      { id: 'from', inFile: 'ip', header: e('from'), cell: (c) => <span className="mono">{c.info.ip}</span> },
      { id: 'path', inFile: ['path', 'relay'], header: e('way'), isExtra: true, cell: (c) => <ConnectionPath connection={c} /> },
      { id: 'auth', inFile: 'primary_auth', header: e('auth'), isExtra: true, cell: (c) => <span className="one-line">{e(`auths.${c.primary_auth}`)}</span> },
      { id: 'factor', inFile: 'two_factor', header: e('factor'), isExtra: true, cell: (c) => e(`factors.${c.two_factor}`) },
      { id: 'state', header: e('state'), card: 'state', cell: (c) => <ConnectionState connection={c} /> },
      { id: 'note', inFile: 'note', header: e('note'), cell: (c) => <span className="cut" title={c.note}>{c.note}</span> },
    ],
    [t, e],
  );
}

const Reported = ({ text }: { text: string }) => (
  <span className="cut" title={text}>
    {text}
  </span>
);

/** An account, as a link for who may look at it. */
export function Account({ name, guid }: { name: string | undefined; guid: string | undefined }) {
  const t = useTranslations('entities');
  const me = useMe();
  if (name === undefined || name === '') return <span className="one-line">{t('notSignedIn')}</span>;
  return guid !== undefined && can(me, 'users.view') ? <PlainLink className="cut" to={`/users/${guid}`} text={name} /> : name;
}
