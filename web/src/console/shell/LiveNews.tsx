import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { LiveStream, News } from '../../live/stream';

/** Says what changed on the page to those who do not see it: politely, and once in ten seconds. */
export function LiveNews({ live }: { live: LiveStream }) {
  const t = useTranslations('shell');
  const [news, setNews] = useState<News>([]);
  useEffect(() => live.onNews(setNews), [live]);
  return (
    <VisuallyHidden role="status" data-news>
      {news.map(([kind, count]) => t(`news.${kind}`, { count })).join(' ')}
    </VisuallyHidden>
  );
}
