import list from '../ui/DataTable/zh-CN.json';
import ui from '../ui/zh-CN.json';
import shell from '../console/shell/zh-CN.json';
import signin from '../console/signin/zh-CN.json';
import setup from '../console/setup/zh-CN.json';
import home from '../console/home/zh-CN.json';
import health from '../console/health/zh-CN.json';
import me from '../console/me/zh-CN.json';

export default { ...ui, ...list, ...shell, ...signin, ...setup, ...home, ...health, ...me };
