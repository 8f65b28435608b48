import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { basePath } from '../../api/base';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { CopyValue } from '../../ui/CopyValue';
import { Empty } from '../../ui/Empty';
import { ErrorPanel } from '../../ui/ErrorPanel';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import { LostRoles, useRolesOf } from './LostRoles';
import { PinnedNote } from './PinnedNote';
import { ProviderForm } from './ProviderForm';
import { ProviderTrials } from './ProviderTrials';
import { changeProvider, deleteProvider, originOf, providersQuery, type Provider } from './providers';
import styles from './settings.module.css';
import { SettingsPage } from './SettingsPage';

/** Who else vouches for people. */
export function ProvidersPage() {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const textOf = useProblemText();
  const { data, error, refetch } = useQuery(providersQuery);
  const [edited, setEdited] = useState<Provider | 'new' | null>(null);
  const [doomed, setDoomed] = useState<Provider | null>(null);
  const [silenced, setSilenced] = useState<Provider | null>(null);
  const rolesOf = useRolesOf();
  const refresh = () => client.invalidateQueries({ queryKey: ['settings'] });
  const onError = (problem: unknown) => complain(textOf(problem));
  const toggle = useMutation({
    mutationFn: (p: Provider) => changeProvider(p.name, { enabled: !p.enabled }),
    onSuccess: refresh,
    onError,
    onSettled: () => setSilenced(null),
  });
  const remove = useMutation({
    mutationFn: (p: Provider) => deleteProvider(p.name),
    onSuccess: refresh,
    onError,
    onSettled: () => setDoomed(null),
  });
  return (
    <SettingsPage
      page="providers"
      lead={t('providersLead')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {t('provider.add')}
        </Button>
      }
    >
      <PinnedNote setting="signIn" member="providers" />
      <Card title={t('provider.callback')}>
        <p className={styles.text}>{t('provider.callbackText')}</p>
        <CopyValue isBlock value={`${location.origin}${basePath}/api/oidc/callback`} label={t('provider.callback')} />
      </Card>
      {error === null ? null : <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Empty title={t('provider.none')} text={t('provider.noneText')} /> : null}
      {data === undefined || data.length === 0 ? null : (
        <Card title={t('pages.providers')}>
          <ul className={styles.list}>
            {data.map((p) => (
              <li key={p.name} className={styles.item}>
                <span className={styles.grow}>
                  <span className={styles.name}>{p.name}</span>
                  <span className={styles.sub}>{p.issuer ?? p.authorizeUrl ?? p.preset ?? ''}</span>
                </span>
                <Switch
                  label={t('provider.enabled')}
                  aria-label={t('provider.enabledOf', { name: p.name })}
                  checked={p.enabled}
                  disabled={toggle.isPending}
                  onChange={() => (p.enabled && rolesOf(originOf(p.name)) !== 0 ? setSilenced(p) : toggle.mutate(p))}
                />
                <Button variant="default" aria-label={t('provider.editOf', { name: p.name })} onClick={() => setEdited(p)}>
                  {t('provider.edit')}
                </Button>
                <Button variant="subtle" color="red" aria-label={t('provider.removeOf', { name: p.name })} onClick={() => setDoomed(p)}>
                  {t('provider.remove')}
                </Button>
                <ProviderTrials provider={p} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {edited === null ? null : <ProviderForm provider={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      <Confirm
        isOpen={doomed !== null}
        title={t('provider.removeTitle', { name: doomed?.name ?? '' })}
        action={t('provider.remove')}
        isBusy={remove.isPending}
        onCancel={() => setDoomed(null)}
        onConfirm={() => doomed !== null && remove.mutate(doomed)}
      >
        {t('provider.removeText')}
        {doomed === null ? null : <LostRoles source={originOf(doomed.name)} />}
      </Confirm>
      <Confirm
        isOpen={silenced !== null}
        title={t('provider.offTitle', { name: silenced?.name ?? '' })}
        action={t('provider.off')}
        isBusy={toggle.isPending}
        onCancel={() => setSilenced(null)}
        onConfirm={() => silenced !== null && toggle.mutate(silenced)}
      >
        {t('provider.offText')}
        {silenced === null ? null : <LostRoles source={originOf(silenced.name)} />}
      </Confirm>
    </SettingsPage>
  );
}
