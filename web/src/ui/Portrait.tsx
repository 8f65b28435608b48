import { IconUserCircle } from '@tabler/icons-react';
import { basePath } from '../api/base';

/** Somebody's picture, from this server only; else a drawn head. It says nothing that the name beside it does not. */
export function Portrait({ path, size }: { path: string; size: number }) {
  const source = path.startsWith('/') ? basePath + path : path.startsWith('data:image/') ? path : '';
  if (source === '') return <IconUserCircle size={size} stroke={1.75} aria-hidden />;
  return <img src={source} alt="" width={size} height={size} style={{ borderRadius: '50%', objectFit: 'cover' }} />;
}
