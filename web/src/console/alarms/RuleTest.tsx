import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { testAlarm } from './queries';

/** Sends a test of an alarm to all who are told of it, and says how that went. */
export function RuleTest({ typ, name }: { typ: number; name: string }) {
  const t = useTranslations('alarms');
  const textOf = useProblemText();
  const test = useMutation({ mutationFn: () => testAlarm(typ), onError: (problem) => complain(textOf(problem)) });
  const isFine = test.data?.every((one) => one.ok) === true && test.data.length > 0;
  return (
    <>
      <Button variant="default" aria-label={t('testOf', { name })} loading={test.isPending} onClick={() => test.mutate()}>
        {t('test')}
      </Button>
      {test.data === undefined ? null : (
        <Alert w="100%" color={isFine ? 'blue' : 'red'} variant="light" role="status">
          {test.data.length === 0 ? t('testNobody') : null}
          {test.data.map((one) => (
            <div key={`${one.channel} ${one.kind}`}>
              {one.ok ? t('testTaken', { channel: one.channel, ms: one.took }) : t('testRefused', { channel: one.channel, detail: one.detail })}
            </div>
          ))}
        </Alert>
      )}
    </>
  );
}
