import { m } from '#messages';

interface Words {
  name: () => string;
  description: () => string;
}

const prefix = 'role_000000000000000000000000';

/** Every cloud has them, with these ids: their names are words of the console, not of whoever made them. */
const builtInRoles: Record<string, Words> = {
  [`${prefix}01`]: { name: m.roles_root_admin, description: m.roles_root_admin_text },
  [`${prefix}02`]: { name: m.roles_root_reader, description: m.roles_root_reader_text },
  [`${prefix}03`]: { name: m.roles_root_support, description: m.roles_root_support_text },
  [`${prefix}04`]: { name: m.roles_resource_admin, description: m.roles_resource_admin_text },
  [`${prefix}05`]: { name: m.roles_resource_reader, description: m.roles_resource_reader_text },
  [`${prefix}06`]: { name: m.roles_resource_support, description: m.roles_resource_support_text },
  [`${prefix}07`]: { name: m.roles_domain_admin, description: m.roles_domain_admin_text },
  [`${prefix}08`]: { name: m.roles_domain_reader, description: m.roles_domain_reader_text },
  [`${prefix}09`]: { name: m.roles_domain_support, description: m.roles_domain_support_text },
  [`${prefix}10`]: { name: m.roles_user, description: m.roles_user_text },
};

/** The role that new accounts get when nobody says another. */
export const userRoleId = `${prefix}10`;

export function roleName({ id, name }: { id: string; name: string }): string {
  return builtInRoles[id]?.name() ?? name;
}

export function roleDescription({ id, description }: { id: string; description: string }): string {
  return builtInRoles[id]?.description() ?? description;
}
