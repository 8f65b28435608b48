import list from '../ui/DataTable/en.json';
import ui from '../ui/en.json';
import shell from '../console/shell/en.json';
import signin from '../console/signin/en.json';
import setup from '../console/setup/en.json';
import home from '../console/home/en.json';
import health from '../console/health/en.json';
import me from '../console/me/en.json';

export default { ...ui, ...list, ...shell, ...signin, ...setup, ...home, ...health, ...me };
