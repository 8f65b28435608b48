import devices from '../console/devices/en.json';
import users from '../console/users/en.json';
import groups from '../console/groups/en.json';
import sessions from '../console/sessions/en.json';
import audit from '../console/audit/en.json';
import alarms from '../console/alarms/en.json';
import entities from '../entities/en.json';
import list from '../ui/DataTable/en.json';
import ui from '../ui/en.json';
import shell from '../console/shell/en.json';
import signin from '../console/signin/en.json';
import setup from '../console/setup/en.json';
import home from '../console/home/en.json';
import health from '../console/health/en.json';
import me from '../console/me/en.json';
import books from '../console/books/en.json';

export default { ...ui, ...list, ...devices, ...users, ...groups, ...sessions, ...audit, ...alarms, ...entities, ...shell, ...signin, ...setup, ...home, ...health, ...me, ...books };
