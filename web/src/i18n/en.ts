import entities from '../entities/en.json';
import jobs from '../entities/jobs/en.json';
import list from '../ui/DataTable/en.json';
import ui from '../ui/en.json';
import shell from '../console/shell/en.json';
import signin from '../console/signin/en.json';
import setup from '../console/setup/en.json';
import home from '../console/home/en.json';
import health from '../console/health/en.json';
import me from '../console/me/en.json';
import viewer from '../console/viewer/en.json';

/** What surrounds every page, and what people meet before and beside the work; the pages' words are in a file of their own. */
export default { ...ui, ...list, ...entities, ...jobs, ...shell, ...signin, ...setup, ...home, ...health, ...me, ...viewer };
