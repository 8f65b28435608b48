import { ActionIcon, Button, Drawer, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { can, useMe } from '../../api/me';
import { JobTray } from '../../entities/jobs/JobTray';
import { LiveStream } from '../../live/stream';
import { useFocusBack } from '../../ui/focusBack';
import { useKeptPress } from '../../ui/keptPress';
import { useKeys } from '../../ui/keys';
import { Mark } from '../../ui/Mark';
import { useHeldWrites } from '../../ui/writes';
import { ThemeSwitch } from '../../ui/ThemeSwitch';
import { AccountMenu } from './AccountMenu';
import { AlarmBell } from './AlarmBell';
import { Banner } from './Banner';
import styles from './Frame.module.css';
import { Forbidden } from './Forbidden';
import { Keys } from './Keys';
import { LiveNews } from './LiveNews';
import { Navigation } from './Navigation';
import { Palette } from './Palette';
import { pages } from './pages';
import { SignOutWarning } from './SignOutWarning';

/** What stands around every page: header, navigation, palette, banner. */
export function Frame() {
  const t = useTranslations('shell');
  const me = useMe();
  const client = useQueryClient();
  const [isOpen, drawer] = useDisclosure(false);
  const [live] = useState(() => new LiveStream(client));
  const state = useSyncExternalStore(live.subscribe, live.getState);
  const { pathname } = useLocation();
  const [areKeysShown, setKeysShown] = useState(false);
  useShortcuts(() => setKeysShown(true));
  useHeldWrites();
  useFocusBack();
  useKeptPress();

  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);

  const page = pages.find((p) => p.path === pathname) ?? pages.find((p) => p.path !== '/' && pathname.startsWith(`${p.path}/`));
  const isForbidden = page?.right !== undefined && !me.rights.includes(page.right);
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        {t('skip')}
      </a>
      <header className={styles.header}>
        <ActionIcon
          className={styles.menu ?? ''}
          variant="subtle"
          color="gray"
          size={44}
          aria-label={t('menu')}
          aria-expanded={isOpen}
          onClick={drawer.open}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        <Mark name={me.server_name} />
        <Button
          className={styles.search ?? ''}
          variant="default"
          color="gray"
          justify="flex-start"
          leftSection={<IconSearch size={16} aria-hidden />}
          onClick={() => spotlight.open()}
        >
          {t('search')}
        </Button>
        <Tooltip label={t('search')}>
          <ActionIcon
            className={styles.searchIcon ?? ''}
            variant="subtle"
            color="gray"
            size={44}
            aria-label={t('search')}
            onClick={() => spotlight.open()}
          >
            <IconSearch size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {can(me, 'alarms.view') ? <AlarmBell /> : null}
        <JobTray />
        <ThemeSwitch />
        <AccountMenu me={me} />
      </header>
      <nav className={styles.side} aria-label={t('navigation')}>
        <Navigation me={me} />
      </nav>
      <Drawer
        opened={isOpen}
        onClose={drawer.close}
        size={280}
        title={<Mark name={me.server_name} />}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <nav aria-label={t('navigation')}>
          <Navigation me={me} onGo={drawer.close} />
        </nav>
      </Drawer>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Banner me={me} state={state} nextTry={live.getNextTry} onRetry={() => live.retry()} />
        {isForbidden ? <Forbidden right={page.right ?? ''} /> : <Outlet />}
      </main>
      <LiveNews live={live} />
      <SignOutWarning me={me} />
      {areKeysShown ? <Keys me={me} onClose={() => setKeysShown(false)} /> : null}
      <Palette me={me} onKeys={() => setKeysShown(true)} />
    </div>
  );
}

/** g, then a letter: the pages that people go to most; and what the keys do. */
function useShortcuts(onHelp: () => void) {
  const navigate = useNavigate();
  useKeys({
    ...Object.fromEntries(
      pages.flatMap(({ path, nav }) => (nav?.shortcut === undefined ? [] : [[`g ${nav.shortcut}`, () => void navigate({ to: path })]])),
    ),
    '?': () => {
      // A list has more of them, and says so itself.
      if (document.querySelector('[data-list-help]') !== null) return false;
      onHelp();
      return true;
    },
  });
}
