import { Button, FileButton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useMe } from '../../api/me';
import { FormError } from '../../ui/FormError';
import { Portrait } from '../../ui/Portrait';
import styles from './me.module.css';
import { asPortrait } from './portrait';
import { removePicture, savePicture } from './queries';

/** The picture that people see beside the name; a photo becomes a small square before it is sent. */
export function PictureField() {
  const t = useTranslations('me');
  const me = useMe();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['me'] });
  const save = useMutation({ mutationFn: async (file: File) => savePicture(await asPortrait(file)), onSuccess: refresh });
  const remove = useMutation({ mutationFn: removePicture, onSuccess: refresh });
  const isUnreadable = save.error instanceof DOMException;
  return (
    <div className={styles.picture}>
      <Portrait path={me.avatar} size={64} />
      <div className={styles.grow}>
        <div className={styles.buttons}>
          <FileButton accept="image/png,image/jpeg,image/gif,image/webp" onChange={(file) => file !== null && save.mutate(file)}>
            {(props) => (
              <Button {...props} variant="default" loading={save.isPending}>
                {t('choosePicture')}
              </Button>
            )}
          </FileButton>
          {me.avatar === '' ? null : (
            <Button variant="subtle" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('removePicture')}
            </Button>
          )}
        </div>
        {isUnreadable ? <p role="alert" className={styles.wrong}>{t('noPicture')}</p> : <FormError error={save.error ?? remove.error} />}
        <p className={styles.text}>{t('pictureText')}</p>
      </div>
    </div>
  );
}
