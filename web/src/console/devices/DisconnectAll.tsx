import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { startDeviceJob } from '../../api/jobs';
import { useStartJob } from '../../entities/jobs/useStartJob';
import { EndOnDevices } from './EndOnDevices';
import type { Device } from './queries';

const nothing = () => undefined;

/** Ends whatever goes on at one device, with a reason. */
export function DisconnectAll({ device }: { device: Device }) {
  const t = useTranslations('devices');
  const begin = useStartJob();
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>{t('disconnectAction')}</Button>
      {isAsked ? (
        <EndOnDevices
          count={1}
          onClose={() => setAsked(false)}
          onEnd={(reason) => {
            setAsked(false);
            void begin(startDeviceJob({ action: 'disconnect', reason, guids: [device.guid] }), nothing);
          }}
        />
      ) : null}
    </>
  );
}
