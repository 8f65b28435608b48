import { TokenForm } from '../../entities/TokenForm';
import { makeOwnToken, type OwnScope } from './queries';

const lengths = [7, 30, 90, 365];
const list = ['me'];

type Props = { scopes: readonly OwnScope[]; mostDays: number; onClose: () => void };

/** A token for one's own scripts, which can do no more than its maker. */
export function MakeOwnToken({ scopes, mostDays, onClose }: Props) {
  return <TokenForm areas={scopes} lengths={lengths.filter((n) => n <= mostDays)} make={makeOwnToken} list={list} onClose={onClose} />;
}
