import { Button, FileButton, Input } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './settings.module.css';

type Props = { icon: string | null; onChange: (icon: string | null) => void };

/** The sign-in page carries every icon. */
const most = 32_000;

/** The text of a picture from its first element on; null: it is none, or too large. */
const pictureIn = (text: string) => {
  const start = text.indexOf('<svg');
  return start < 0 || text.length > most ? null : text.slice(start);
};

/** The picture on a provider's button; clients draw their own for names that they know. */
export function ProviderIcon({ icon, onChange }: Props) {
  const t = useTranslations('settings');
  const [isWrong, setWrong] = useState(false);
  const take = async (file: File | null) => {
    if (file === null) return;
    const picture = file.size > most ? null : pictureIn(await file.text());
    setWrong(picture === null);
    if (picture !== null) onChange(picture);
  };
  return (
    <Input.Wrapper
      label={t('provider.icon')}
      description={t('provider.iconHelp')}
      error={isWrong ? t('provider.iconWrong') : undefined}
      labelElement="div"
    >
      <div className={styles.row}>
        {/* An image and nothing else: what it holds does not run. */}
        {icon === null ? null : <img alt="" width={24} height={24} src={`data:image/svg+xml,${encodeURIComponent(icon)}`} />}
        <FileButton accept="image/svg+xml" onChange={(file) => void take(file)}>
          {(props) => (
            <Button {...props} variant="default" size="xs">
              {t('provider.iconChoose')}
            </Button>
          )}
        </FileButton>
        {icon === null ? null : (
          <Button variant="subtle" size="xs" onClick={() => onChange(null)}>
            {t('provider.iconRemove')}
          </Button>
        )}
      </div>
    </Input.Wrapper>
  );
}
