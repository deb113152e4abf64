import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { groupMemberRoutes } from './routes/group-members.ts';
import { groupRoutes } from './routes/groups.ts';
import { roleMemberRoutes } from './routes/role-members.ts';
import { roleRoutes } from './routes/roles.ts';

export function rolesRoutes(app: App, deps: Deps): void {
  roleRoutes(app, deps);
  roleMemberRoutes(app, deps);
  groupRoutes(app, deps);
  groupMemberRoutes(app, deps);
}
