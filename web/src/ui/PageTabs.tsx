import { Tabs } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import styles from './PageTabs.module.css';

export type PageTab = { key: string; name: string; to: string };

type Props = { label: string; now: string; tabs: readonly PageTab[] };

/**
 * Tabs that are pages, each with an address of its own, so that reload and back find them again. One tab alone is no
 * choice and is not shown. The panels are empty because the page below is what the address says; the kit wants one
 * for each tab, or the tabs would name an element that is not there.
 */
export function PageTabs({ label, now, tabs }: Props) {
  const navigate = useNavigate();
  if (tabs.length < 2) return null;
  const go = (key: string | null) => {
    const tab = tabs.find((one) => one.key === key);
    if (tab !== undefined) void navigate({ to: tab.to });
  };
  return (
    <Tabs value={now} onChange={go} aria-label={label}>
      <Tabs.List className={styles.tabs ?? ''}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.key} value={tab.key}>
            {tab.name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.key} value={tab.key}>
          <span />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
