import { HistoryList } from './HistoryList';
import { StrategyFrame } from './StrategyFrame';

/** What a strategy was. */
export function HistoryPage() {
  return <StrategyFrame now="history">{(strategy) => <HistoryList strategy={strategy} />}</StrategyFrame>;
}
