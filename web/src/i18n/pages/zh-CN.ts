import deployment from '../../entities/deploy/zh-CN.json';
import imports from '../../entities/imports/zh-CN.json';
import devices from '../../console/devices/zh-CN.json';
import users from '../../console/users/zh-CN.json';
import groups from '../../console/groups/zh-CN.json';
import sessions from '../../console/sessions/zh-CN.json';
import audit from '../../console/audit/zh-CN.json';
import alarms from '../../console/alarms/zh-CN.json';
import access from '../../console/access/zh-CN.json';
import roles from '../../console/roles/zh-CN.json';
import strategies from '../../console/strategies/zh-CN.json';
import books from '../../console/books/zh-CN.json';
import recordings from '../../console/recordings/zh-CN.json';
import options from '../../console/strategies/options/zh-CN.json';

/** The words of the pages that administrators and operators work on. */
export default { ...deployment, ...imports, ...devices, ...users, ...groups, ...sessions, ...audit, ...alarms, ...access, ...roles, ...strategies, ...books, ...recordings, ...options };
