import deployment from '../../entities/deploy/en.json';
import imports from '../../entities/imports/en.json';
import devices from '../../console/devices/en.json';
import users from '../../console/users/en.json';
import groups from '../../console/groups/en.json';
import sessions from '../../console/sessions/en.json';
import audit from '../../console/audit/en.json';
import alarms from '../../console/alarms/en.json';
import access from '../../console/access/en.json';
import roles from '../../console/roles/en.json';
import strategies from '../../console/strategies/en.json';
import books from '../../console/books/en.json';
import recordings from '../../console/recordings/en.json';
import options from '../../console/strategies/options/en.json';

/** The words of the pages that administrators and operators work on. */
export default { ...deployment, ...imports, ...devices, ...users, ...groups, ...sessions, ...audit, ...alarms, ...access, ...roles, ...strategies, ...books, ...recordings, ...options };
