import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Problem } from '../api/problem';
import { useProblemText } from './problemText';

type Props = { error: unknown; onRetry?: () => void };

/** In place of what could not be shown: what happened, and another try. */
export function ErrorPanel({ error, onRetry }: Props) {
  const t = useTranslations('common');
  const textOf = useProblemText();
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert" title={textOf(error)}>
      <Group gap="sm">
        {error instanceof Problem && error.trace !== '' ? (
          <span className="mono">{t('trace', { id: error.trace, status: String(error.status) })}</span>
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
