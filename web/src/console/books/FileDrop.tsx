import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslations } from 'use-intl';
import { saveText } from '../../ui/saveText';
import styles from './books.module.css';
import { writeCsv } from './csv';

const template = [
  ['id', 'alias', 'tags', 'note', 'username', 'hostname', 'platform'],
  ['123456789', 'Front desk', 'office;windows', 'Beside the printer', 'mara', 'pc-01', 'Windows'],
];

/** A CSV file, chosen or dropped. */
export function FileDrop({ onText }: { onText: (text: string) => void }) {
  const t = useTranslations('books');
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [name, setName] = useState('');
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    setName(file.name);
    void file.text().then(onText);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is an extra; the button does the same
    <div
      className={styles.drop}
      data-over={isOver}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileImport size={32} stroke={1.5} aria-hidden />
      <span>{name === '' ? t('dropHere') : name}</span>
      <div className={styles.row}>
        <Button variant="default" onClick={() => input.current?.click()}>
          {t('chooseFile')}
        </Button>
        <Button variant="subtle" onClick={() => saveText('address-book-template.csv', writeCsv(template))}>
          {t('template')}
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv,text/plain"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t('chooseFile')}
        onChange={(e) => take(e.currentTarget.files?.[0])}
      />
    </div>
  );
}
