import { describe, expect, it } from 'vitest';
import { recallProject, rememberProject, type Memory } from './remembered-project.ts';

function memoryOf(entries: Record<string, string> = {}): Memory & { all: Map<string, string> } {
  const all = new Map(Object.entries(entries));
  return {
    all,
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => void all.set(key, value),
    removeItem: (key) => void all.delete(key),
  };
}

const project = { id: 'proj_1', accountId: 'acct_1', name: 'Web shop' };

describe('the project that a user worked in last', () => {
  it('is remembered for each user', () => {
    const memory = memoryOf();
    rememberProject(memory, 'user_1', project);
    expect(recallProject(memory, 'user_1')).toEqual(project);
    expect(recallProject(memory, 'user_2')).toBeNull();
  });

  it('is forgotten when they work in their own account again', () => {
    const memory = memoryOf();
    rememberProject(memory, 'user_1', project);
    rememberProject(memory, 'user_1', null);
    expect(memory.all.size).toBe(0);
    expect(recallProject(memory, 'user_1')).toBeNull();
  });

  it('is noted with no more than is needed', () => {
    const memory = memoryOf();
    rememberProject(memory, 'user_1', { ...project, ...{ members: 3 } });
    expect(recallProject(memory, 'user_1')).toEqual(project);
  });

  it.each(['', 'proj_1', '{', 'null', '7', '[]', '{"id":"proj_1"}', '{"id":1,"accountId":2,"name":3}'])(
    'is not what %j says',
    (text) => expect(recallProject(memoryOf({ 'nephos.project.user_1': text }), 'user_1')).toBeNull(),
  );
});
