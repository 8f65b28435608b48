import { ActionIcon, Button, Checkbox, Group, Popover, SegmentedControl, Stack } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns, IconGripVertical } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import styles from './ColumnChooser.module.css';
import { moved } from './columnLayout';
import type { Columns } from './useColumns';

/** Which columns there are, in which order, and how high the rows are; for this person. */
export function ColumnChooser<T>({ columns }: { columns: Columns<T> }) {
  const t = useTranslations('list');
  // While something is dragged the order is only seen; it is kept where it is dropped.
  const [dragged, setDragged] = useState<{ id: string; order: readonly string[] } | null>(null);
  const { layout, setLayout, all } = columns;
  const toggle = (id: string) =>
    setLayout({
      order: layout.order,
      hidden: layout.hidden.includes(id) ? layout.hidden.filter((h) => h !== id) : [...layout.hidden, id],
    });
  const order = dragged?.order ?? layout.order;
  const move = (id: string, to: number) => setLayout({ order: moved(layout.order, id, to), hidden: layout.hidden });
  return (
    <Popover position="bottom-end" shadow="md" width={320} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label={t('columns')} title={t('columns')}>
          <IconColumns size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('columns')}>
        <Stack gap="sm">
          <ul className={styles.list}>
            {order.map((id, index) => {
              const column = all.find((c) => c.id === id);
              const isHidden = layout.hidden.includes(id);
              if (column === undefined) return null;
              return (
                // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the buttons do the same
                <li
                  key={id}
                  className={styles.item}
                  draggable={!isHidden}
                  data-dragged={dragged?.id === id || undefined}
                  onDragStart={() => setDragged({ id, order })}
                  onDragEnd={() => {
                    if (dragged !== null) setLayout({ order: dragged.order, hidden: layout.hidden });
                    setDragged(null);
                  }}
                  onDragOver={(event) => {
                    event.preventDefault();
                    if (dragged !== null && dragged.id !== id) setDragged({ ...dragged, order: moved(order, dragged.id, index) });
                  }}
                  onDrop={(event) => event.preventDefault()}
                >
                  <IconGripVertical size={16} aria-hidden className={styles.grip} />
                  <Checkbox
                    className={styles.name ?? ''}
                    label={column.header}
                    checked={!isHidden}
                    disabled={column.isFixed === true}
                    onChange={() => toggle(id)}
                  />
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('moveUp', { column: column.header })}
                    disabled={isHidden || index === 0}
                    onClick={() => move(id, index - 1)}
                  >
                    <IconArrowUp size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('moveDown', { column: column.header })}
                    disabled={isHidden || index === order.length - layout.hidden.length - 1}
                    onClick={() => move(id, index + 1)}
                  >
                    <IconArrowDown size={16} aria-hidden />
                  </ActionIcon>
                </li>
              );
            })}
          </ul>
          <SegmentedControl
            fullWidth
            aria-label={t('density')}
            data={[
              { value: 'usual', label: t('roomy') },
              { value: 'dense', label: t('dense') },
            ]}
            value={columns.isDense ? 'dense' : 'usual'}
            onChange={(value) => columns.setDense(value === 'dense')}
          />
          <Group justify="flex-end">
            <Button variant="subtle" onClick={columns.reset}>
              {t('usualColumns')}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
