import { Button, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslations } from 'use-intl';
import { savePreferences, usePreferences, type Preferences } from '../../api/preferences';
import { Card } from '../../ui/Card';
import { FormError } from '../../ui/FormError';
import { clashes, goKeys, letterFor, listKeys } from '../../ui/keyNames';
import { say } from '../../ui/toast';
import styles from './me.module.css';

const same = (a: Preferences['keys'], b: Preferences['keys']) => [...listKeys, ...goKeys].every((name) => letterFor(a, name) === letterFor(b, name));

/** Single letters: off for who speaks or trembles into a keyboard, other ones for whose hand lies elsewhere. */
export function KeysCard() {
  const t = useTranslations('me');
  const { keys, keys_off: isOff } = usePreferences();
  const [draft, setDraft] = useState(keys);
  const [known, setKnown] = useState(keys);
  // Chosen on another browser meanwhile.
  if (known !== keys) {
    setKnown(keys);
    setDraft(keys);
  }
  const toggle = useMutation({ mutationFn: (isOn: boolean) => savePreferences({ keys_off: !isOn }) });
  const save = useMutation({
    mutationFn: (letters: Preferences['keys']) => savePreferences({ keys: letters }),
    onSuccess: () => say(t('keysSaved')),
  });
  const clashing = clashes(draft);
  const isEmpty = [...listKeys, ...goKeys].some((name) => letterFor(draft, name) === '');
  const change = (name: string, letter: string) => {
    const others = Object.entries(draft).filter(([other]) => other !== name);
    setDraft(Object.fromEntries(letter === name.at(-1) ? others : [...others, [name, letter]]));
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  return (
    <Card title={t('keys')}>
      <FormError error={toggle.error ?? save.error} />
      <Switch
        label={t('keysOn')}
        description={t('keysText')}
        checked={!isOff}
        onChange={(event) => toggle.mutate(event.currentTarget.checked)}
      />
      {isOff ? null : (
        <form onSubmit={submit} className={styles.keysForm}>
          {[listKeys, goKeys].map((names) => (
            <fieldset key={names[0]} className={styles.keys}>
              <legend>{names === goKeys ? t('keysGo', { letter: letterFor(draft, 'g') }) : t('keysList')}</legend>
              {names.map((name) => (
                <TextInput
                  key={name}
                  label={t(`keyNames.${wordOf(name)}`)}
                  maxLength={1}
                  autoComplete="off"
                  error={clashing.includes(name) ? t('keysClash') : undefined}
                  value={letterFor(draft, name)}
                  onChange={(event) => change(name, event.currentTarget.value.trim())}
                />
              ))}
            </fieldset>
          ))}
          <div className={styles.buttons}>
            <Button variant="default" type="submit" loading={save.isPending} disabled={clashing.length > 0 || isEmpty || same(draft, keys)}>
              {t('save')}
            </Button>
            <Button variant="default" disabled={same(draft, {})} onClick={() => save.mutate({})}>
              {t('keysUsual')}
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}

// Messages have names, and no signs.
const words: Record<string, string> = { '/': 'search', '?': 'help' };

const wordOf = (name: string) => words[name] ?? name.replace(' ', '');
