import { Alert, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { startQuery } from '../../api/start';
import { Card } from '../../ui/Card';
import { useProblemText } from '../../ui/problemText';
import { say } from '../../ui/toast';
import { MePage } from './MePage';
import styles from './me.module.css';
import { saveProfile } from './queries';

/** What reaches the person, and how. */
export function NotificationsPage() {
  const t = useTranslations('me');
  const me = useMe();
  const client = useQueryClient();
  const textOf = useProblemText();
  const canMail = useQuery(startQuery).data?.forgotten === true;
  const save = useMutation({
    mutationFn: (isOn: boolean) => saveProfile({ email_alarms: isOn }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      say(t('notificationsSaved'));
    },
  });
  const why = !canMail ? t('mailNotSetUp') : me.email === '' ? t('mailNoAddress') : t('mailAlarmsHelp', { email: me.email });
  return (
    <MePage page="notifications" title={t('notifications')}>
      <Card title={t('byMail')}>
        {save.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {textOf(save.error)}
          </Alert>
        )}
        <Switch
          label={t('mailAlarms')}
          description={why}
          // What is on can be switched off, whether mails go out or not.
          disabled={save.isPending || (!me.email_alarms && (!canMail || me.email === ''))}
          checked={me.email_alarms}
          onChange={(event) => save.mutate(event.currentTarget.checked)}
        />
      </Card>
      <Card title={t('inConsole')}>
        <p className={styles.text}>{can(me, 'alarms.view') ? t('bellAll') : t('bellNone')}</p>
      </Card>
    </MePage>
  );
}
