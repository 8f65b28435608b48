import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX, IconClockPause } from '@tabler/icons-react';
import { useTranslations } from 'use-intl';
import { Status } from '../../ui/Status';

/** How a part is, in a word. */
export function State({ state }: { state: string }) {
  const t = useTranslations('health');
  if (state === 'ready') return <Status tone="ok" icon={IconCircleCheck} word={t('healthy')} />;
  if (state === 'not ready' || state === 'down') return <Status tone="bad" icon={IconCircleX} word={t('down')} />;
  if (state === 'draining') return <Status tone="warn" icon={IconClockPause} word={t('draining')} />;
  if (state === 'off') return <Status tone="neutral" icon={IconCircleMinus} word={t('off')} />;
  return <Status tone="warn" icon={IconAlertTriangle} word={state === 'degraded' ? t('degraded') : state} />;
}
