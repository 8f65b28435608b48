import devices from '../console/devices/zh-CN.json';
import users from '../console/users/zh-CN.json';
import groups from '../console/groups/zh-CN.json';
import sessions from '../console/sessions/zh-CN.json';
import audit from '../console/audit/zh-CN.json';
import alarms from '../console/alarms/zh-CN.json';
import entities from '../entities/zh-CN.json';
import list from '../ui/DataTable/zh-CN.json';
import ui from '../ui/zh-CN.json';
import shell from '../console/shell/zh-CN.json';
import signin from '../console/signin/zh-CN.json';
import setup from '../console/setup/zh-CN.json';
import home from '../console/home/zh-CN.json';
import health from '../console/health/zh-CN.json';
import me from '../console/me/zh-CN.json';
import books from '../console/books/zh-CN.json';

export default { ...ui, ...list, ...devices, ...users, ...groups, ...sessions, ...audit, ...alarms, ...entities, ...shell, ...signin, ...setup, ...home, ...health, ...me, ...books };
