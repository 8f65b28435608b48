import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { contact } from '../../api/contact';
import { meQuery, readMe, type Me } from '../../api/me';
import { FormError } from '../../ui/FormError';
import { minutesText } from '../../ui/useSecondsLeft';

const ahead = 120;
// The server notes a use once a minute.
const grain = 60;

const leftOf = (me: Me) => Math.ceil((contact.usedAt() - Date.now()) / 1000) + me.sign_in_lasts - grain;

/** Says two minutes ahead that the sign-in ends, and prolongs it. */
export function SignOutWarning({ me }: { me: Me }) {
  const t = useTranslations('shell');
  const client = useQueryClient();
  const [left, setLeft] = useState(() => leftOf(me));
  useEffect(() => {
    const timer = setInterval(() => setLeft(leftOf(me)), 1000);
    return () => clearInterval(timer);
  }, [me]);
  const stay = useMutation({
    mutationFn: readMe,
    onSuccess: (now) => {
      client.setQueryData(meQuery.queryKey, now);
      setLeft(leftOf(now));
    },
  });
  const isNear = left <= ahead && left > 0;
  return (
    <Modal opened={isNear} onClose={() => stay.mutate()} withCloseButton={false} title={t('endingSoon')}>
      <Stack gap="md">
        <FormError error={stay.error} />
        <p role="status">{t('endingText')}</p>
        {/* Not spoken: it changes each second. */}
        <p aria-hidden>{t('endingIn', { time: minutesText(Math.max(0, left)) })}</p>
        <Group justify="flex-end">
          <Button data-autofocus loading={stay.isPending} onClick={() => stay.mutate()}>
            {t('stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
