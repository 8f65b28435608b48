import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Problem } from '../api/problem';
import { CopyValue } from './CopyValue';
import { useProblemText } from './problemText';

type Props = { error: unknown; onRetry?: () => void };

/** In place of what could not be shown: what happened, another try, and what to tell whoever looks into it. */
export function ErrorPanel({ error, onRetry }: Props) {
  const t = useTranslations('common');
  const textOf = useProblemText();
  const [at] = useState(() => new Date().toISOString());
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert" title={textOf(error)}>
      <Group gap="sm">
        {error instanceof Problem && error.trace !== '' ? (
          <CopyValue
            value={`${at} ${location.pathname} ${t('trace', { id: error.trace, status: String(error.status) })}`}
            shown={t('trace', { id: error.trace, status: String(error.status) })}
            label={t('details')}
          />
        ) : null}
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
