import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useProblemText } from '../../ui/problemText';
import { complain } from '../../ui/toast';
import styles from './me.module.css';
import { renamePasskey, type Passkey } from './queries';

/** What a passkey is called, and a pencil for it. */
export function PasskeyName({ passkey }: { passkey: Passkey }) {
  const t = useTranslations('me');
  const c = useTranslations('common');
  const client = useQueryClient();
  const textOf = useProblemText();
  const [name, setName] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (wanted: string) => renamePasskey(passkey.id, wanted),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['me'] });
      setName(null);
    },
    onError: (problem) => complain(textOf(problem)),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name !== null) rename.mutate(name);
  };
  if (name === null) {
    return (
      <span className={styles.grow}>
        {passkey.name}
        <Tooltip label={t('renamePasskey', { name: passkey.name })}>
          <ActionIcon variant="subtle" size={36} aria-label={t('renamePasskey', { name: passkey.name })} onClick={() => setName(passkey.name)}>
            <IconPencil size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </span>
    );
  }
  return (
    <form className={`${styles.grow ?? ''} ${styles.inline ?? ''}`} onSubmit={submit}>
      <TextInput
        label={t('passkeyCalled')}
        maxLength={60}
        // Where the pencil was that has just been pressed.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={rename.isPending} disabled={name.trim() === ''}>
        {t('rename')}
      </Button>
      <Button variant="subtle" onClick={() => setName(null)}>
        {c('cancel')}
      </Button>
    </form>
  );
}
