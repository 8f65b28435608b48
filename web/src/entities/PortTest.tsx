import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconCircleX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { FormError } from '../ui/FormError';
import { Status } from '../ui/Status';
import { testPorts, type PortFinding } from '../api/address';
import styles from './checks.module.css';

type Props = {
  /** What must be stored before, and what the button then says. */
  before?: { store: () => Promise<unknown>; word: string };
};

/** Has the server ask its own ports as clients do: at its own place, and by its public name. */
export function PortTest({ before }: Props) {
  const t = useTranslations('entities');
  const test = useMutation({
    mutationFn: async () => {
      await before?.store();
      return testPorts();
    },
  });
  const addresses = [...new Set((test.data ?? []).map((f) => f.address))];
  // A name that does not resolve is told of before the server's own place.
  const own = test.data?.find((f) => f.transport !== 'dns')?.address;
  return (
    <>
      <p className={styles.text}>{t('ports.text')}</p>
      <FormError error={test.error} />
      <div className={styles.row}>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {before?.word ?? t('ports.test')}
        </Button>
      </div>
      {addresses.map((address) => (
        <section key={address} role="status">
          <h3 className={styles.heading}>{address === own ? t('ports.here', { address }) : t('ports.there', { address })}</h3>
          <ul className={styles.list}>
            {test.data
              ?.filter((f) => f.address === address)
              .map((f) => <Line key={`${f.transport} ${f.port} ${f.name}`} finding={f} />)}
          </ul>
        </section>
      ))}
    </>
  );
}

function Line({ finding }: { finding: PortFinding }) {
  const t = useTranslations('entities');
  const isBad = finding.state === 'failed' || (finding.needed && finding.state === 'not_offered');
  return (
    <li className={styles.item}>
      {finding.state === 'ok' ? (
        <Status tone="ok" icon={IconCircleCheck} word={t('ports.ok')} />
      ) : isBad && finding.needed ? (
        <Status tone="bad" icon={IconCircleX} word={t('ports.failed')} />
      ) : isBad ? (
        <Status tone="warn" icon={IconAlertTriangle} word={t('ports.failed')} />
      ) : (
        <Status tone="neutral" icon={IconCircleMinus} word={t(finding.state === 'skipped' ? 'ports.skipped' : 'ports.closed')} />
      )}
      <span className={styles.grow}>
        <span className={styles.name}>
          {finding.transport === 'dns' ? t('ports.name') : `${finding.name} (${finding.transport} ${String(finding.port)})`}
        </span>
        <span className={styles.sub}>{finding.detail}</span>
        {isBad && finding.hint !== '' ? <span className={styles.sub}>{finding.hint}</span> : null}
      </span>
    </li>
  );
}
