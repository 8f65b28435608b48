import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { emptyHeader, type HookHeader } from './hookHeaders';
import styles from './settings.module.css';

/** The server takes no more. */
const most = 20;

type Props = { headers: readonly HookHeader[]; onChange: (headers: HookHeader[]) => void };

/** Headers of a web hook's own; their values are written and never shown again. */
export function ChannelHeaders({ headers, onChange }: Props) {
  const t = useTranslations('settings');
  const put = (header: HookHeader) => onChange(headers.map((one) => (one.key === header.key ? header : one)));
  return (
    <Stack gap="xs" role="group" aria-label={t('channel.headers')}>
      <span className={styles.name}>{t('channel.headers')}</span>
      {headers.map((header, index) => {
        const number = index + 1;
        return (
          <Group key={header.key} gap="xs" align="flex-end">
            <TextInput
              className={styles.grow ?? ''}
              label={t('channel.header', { number })}
              maxLength={100}
              autoComplete="off"
              disabled={header.isKept}
              value={header.name}
              onChange={(e) => put({ ...header, name: e.currentTarget.value })}
            />
            <PasswordInput
              className={styles.grow ?? ''}
              label={t('channel.headerValue', { number })}
              placeholder={header.isKept ? t('channel.headerKept') : ''}
              maxLength={2000}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': t('reveal'), tabIndex: 0 }}
              value={header.value}
              onChange={(e) => put({ ...header, value: e.currentTarget.value })}
            />
            <Button
              variant="subtle"
              color="red"
              aria-label={t('channel.headerRemove', { number })}
              onClick={() => onChange(headers.filter((one) => one.key !== header.key))}
            >
              {t('channel.remove')}
            </Button>
          </Group>
        );
      })}
      {headers.length >= most ? null : (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => onChange([...headers, emptyHeader()])}>
            {t('channel.headerAdd')}
          </Button>
        </div>
      )}
    </Stack>
  );
}
