import { Button, Checkbox, Group, Modal, MultiSelect, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { CopyValue } from '../../ui/CopyValue';
import { FormError } from '../../ui/FormError';
import { addChannel, changeChannel, happenings, kinds, type Channel, type ChannelChange, type Kind, type When } from './channels';
import { ChannelHeaders } from './ChannelHeaders';
import { headersOf, sentOf } from './hookHeaders';
import { ChannelWhen } from './ChannelWhen';
import styles from './settings.module.css';

const atOnce: When = {
  types: [], digest: '', digest_at: '08:00', quiet_from: '', quiet_until: '', critical_at_once: true,
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};

/** A channel, new or there already; the secret of a new web hook is shown once. */
export function ChannelForm({ channel, onClose }: { channel: Channel | null; onClose: () => void }) {
  const t = useTranslations('settings');
  const c = useTranslations('common');
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>(channel?.kind ?? 'email');
  const [name, setName] = useState(channel?.name ?? '');
  const [to, setTo] = useState(channel?.recipients ?? []);
  const [url, setUrl] = useState('');
  const [isPrivate, setPrivate] = useState(channel?.allow_private ?? false);
  const [events, setEvents] = useState(channel?.events ?? ['alarm']);
  const [headers, setHeaders] = useState(() => headersOf(channel?.headers ?? []));
  const [when, setWhen] = useState<When>(channel ?? atOnce);
  const save = useMutation({
    mutationFn: () => {
      const { types, digest, digest_at, quiet_from, quiet_until, time_zone, critical_at_once } = when;
      const body: ChannelChange = { name, types, digest, digest_at, quiet_from, quiet_until, time_zone, critical_at_once };
      if (kind === 'email') body.recipients = to;
      else {
        body.allow_private = isPrivate;
        if (url !== '') body.url = url;
        body.events = events;
        body.headers = sentOf(headers);
      }
      return channel === null ? addChannel({ ...body, kind }) : changeChannel(channel.guid, body);
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ['channels'] });
      if (made.secret === undefined) onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const title = channel === null ? t('channel.add') : t('provider.editOf', { name: channel.name });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': c('close') }}>
      {save.data?.secret === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            <FormError error={save.error} />
            <Select
              label={t('channel.kind')}
              allowDeselect={false}
              disabled={channel !== null}
              data={kinds.map((value) => ({ value, label: t(`channel.kinds.${value}`) }))}
              value={kind}
              onChange={(value) => setKind(kinds.find((k) => k === value) ?? 'email')}
            />
            <TextInput label={t('channel.name')} required withAsterisk={false} maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} />
            {kind === 'email' ? (
              <TagsInput
                label={t('channel.recipients')}
                clearButtonProps={{ 'aria-label': t('clear', { what: t('channel.recipients') }) }}
                value={to}
                onChange={setTo}
              />
            ) : (
              <>
                <TextInput
                  label={t('channel.url')}
                  description={channel === null ? t('channel.urlHelp') : t('secretSet')}
                  type="url"
                  required={channel === null}
                  withAsterisk={false}
                  value={url}
                  onChange={(e) => setUrl(e.currentTarget.value)}
                />
                <ChannelHeaders headers={headers} onChange={setHeaders} />
                <MultiSelect
                  label={t('channel.events')}
                  description={t('channel.eventsHelp')}
                  searchable
                  data={['alarm', ...happenings].map((value) => ({ value, label: t(`channel.event.${value.replace('.', '_')}`) }))}
                  value={events}
                  onChange={setEvents}
                />
                <Checkbox label={t('channel.private')} checked={isPrivate} onChange={(e) => setPrivate(e.currentTarget.checked)} />
              </>
            )}
            {kind !== 'email' && events.length > 0 && !events.includes('alarm') ? null : <ChannelWhen when={when} onChange={setWhen} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {c('cancel')}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {c('save')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          <p className={styles.text}>{t('channel.secretText')}</p>
          <CopyValue isBlock value={save.data.secret} label={t('channel.secret')} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('token.kept')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
