import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { isoOf } from '../../api/lists';
import { can, useMe } from '../../api/me';
import { Confirm } from '../../ui/Confirm';
import { useProblemText } from '../../ui/problemText';
import { TimeText } from '../../ui/TimeText';
import { complain, say } from '../../ui/toast';
import styles from './devices.module.css';
import { MergeWith } from './MergeWith';
import { adopt, keepApart, nameOf, type Conflict, type Device } from './queries';

/** Other machines that claim the device's ID, and what can be decided about each. */
export function DeviceConflicts({ device, conflicts }: { device: Device; conflicts: readonly Conflict[] }) {
  const t = useTranslations('devices.conflicts');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const m = useTranslations('devices.merge');
  const [adopted, setAdopted] = useState<Conflict | null>(null);
  const [isMerging, setMerging] = useState(false);
  const decide = (work: Promise<unknown>, done: string) =>
    void work.then(
      () => {
        say(done);
        return client.invalidateQueries({ queryKey: ['devices'] });
      },
      (problem: unknown) => complain(textOf(problem)),
    );
  return (
    <section className={styles.conflicts} aria-label={t('title')}>
      <h3>{t('title')}</h3>
      <p className={styles.cause}>{t('text')}</p>
      <ul className={styles.bare}>
        {conflicts.map((conflict) => (
          <li key={conflict.guid} className={styles.conflict}>
            <span>
              <strong>{conflict.device_name === '' ? t('nameless') : conflict.device_name}</strong>
              <span className={styles.fact}>
                {' · '}
                <span className="mono">{conflict.address}</span>
                {' · '}
                <TimeText iso={isoOf(conflict.last_seen)} />
                {' · '}
                <span className="mono" title={conflict.key_fingerprint}>{conflict.key_fingerprint.slice(0, 8)}</span>
              </span>
            </span>
            {can(me, 'devices.enable') ? (
              <Group gap="xs">
                <Button size="xs" variant="default" onClick={() => decide(keepApart(device.guid, conflict.guid), t('kept'))}>
                  {t('keep')}
                </Button>
                <Button size="xs" variant="default" color="red" onClick={() => setAdopted(conflict)}>
                  {t('adopt')}
                </Button>
              </Group>
            ) : null}
          </li>
        ))}
      </ul>
      {me.is_admin ? (
        <Button size="xs" variant="subtle" onClick={() => setMerging(true)}>{m('withOther')}</Button>
      ) : null}
      {isMerging ? <MergeWith device={device} onClose={() => setMerging(false)} /> : null}
      <Confirm
        isOpen={adopted !== null}
        title={t('adoptTitle', { name: nameOf(device) })}
        action={t('adopt')}
        onCancel={() => setAdopted(null)}
        onConfirm={() => {
          if (adopted !== null) decide(adopt(device.guid, adopted.guid), t('done'));
          setAdopted(null);
        }}
      >
        {t('adoptText')}
      </Confirm>
    </section>
  );
}
