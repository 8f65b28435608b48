import entities from '../entities/zh-CN.json';
import jobs from '../entities/jobs/zh-CN.json';
import list from '../ui/DataTable/zh-CN.json';
import ui from '../ui/zh-CN.json';
import shell from '../console/shell/zh-CN.json';
import signin from '../console/signin/zh-CN.json';
import setup from '../console/setup/zh-CN.json';
import home from '../console/home/zh-CN.json';
import health from '../console/health/zh-CN.json';
import me from '../console/me/zh-CN.json';
import viewer from '../console/viewer/zh-CN.json';

/** What surrounds every page, and what people meet before and beside the work; the pages' words are in a file of their own. */
export default { ...ui, ...list, ...entities, ...jobs, ...shell, ...signin, ...setup, ...home, ...health, ...me, ...viewer };
