/** What has to be known of a project before its lists can be asked for. */
export interface RememberedProject {
  id: string;
  accountId: string;
  name: string;
}

/** Only what the browser's storage can do. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keyOf = (userId: string) => `nephos.project.${userId}`;

/** The project that a user worked in last; null for their own account. What is no such note is passed over. */
export function recallProject(memory: Memory, userId: string): RememberedProject | null {
  try {
    const noted = JSON.parse(memory.getItem(keyOf(userId)) ?? 'null') as Partial<RememberedProject> | null;
    const { id, accountId, name } = noted ?? {};
    const isNote = typeof id === 'string' && typeof accountId === 'string' && typeof name === 'string';
    return isNote ? { id, accountId, name } : null;
  } catch {
    return null;
  }
}

export function rememberProject(memory: Memory, userId: string, project: RememberedProject | null): void {
  if (project === null) memory.removeItem(keyOf(userId));
  else {
    const { id, accountId, name } = project;
    memory.setItem(keyOf(userId), JSON.stringify({ id, accountId, name }));
  }
}
