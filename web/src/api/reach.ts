import { basePath } from './base';

const patience = 8000;

/** The doors of the server that browsers come in by besides this one. */
export const doors = [
  ['id', '/ws/id'],
  ['relay', '/ws/relay'],
] as const;

/** Whether a page of the server answers from where this browser is. */
export async function answers(path: string): Promise<boolean> {
  try {
    return (await fetch(`${basePath}${path}`, { signal: AbortSignal.timeout(patience) })).ok;
  } catch {
    return false;
  }
}

/** Whether a web socket opens from where this browser is. */
export function opens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${basePath}${path}`);
    const finish = (isOpen: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(isOpen);
    };
    const timer = setTimeout(() => finish(false), patience);
    socket.addEventListener('open', () => finish(true));
    socket.addEventListener('error', () => finish(false));
  });
}

/** Whether the live feed says its first word. */
export function streams(): Promise<boolean> {
  return new Promise((resolve) => {
    const source = new EventSource(`${basePath}/api/console/events`);
    const finish = (isOpen: boolean) => {
      clearTimeout(timer);
      source.close();
      resolve(isOpen);
    };
    const timer = setTimeout(() => finish(false), patience);
    source.addEventListener('hello', () => finish(true));
    source.addEventListener('error', () => finish(false));
  });
}
