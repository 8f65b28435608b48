import { Alert } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { RelayTrial } from '../api/relays';

/** How a relay did when it was tried. */
export function RelayOutcome({ address, trial }: { address: string; trial: RelayTrial }) {
  const t = useTranslations('entities');
  const told =
    typeof trial.connect_ms === 'number'
      ? t(`relayParts.trial.${trial.key}`, { address, ms: trial.connect_ms })
      : t('relayParts.trial.unreached', { address, error: trial.complaint });
  return (
    <Alert color={trial.ok ? 'blue' : 'red'} variant="light" role="status">
      {told}
    </Alert>
  );
}
