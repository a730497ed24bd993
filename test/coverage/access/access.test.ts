import { idPrefixes } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryOperation } from './attempts.ts';
import { emptyFields, neverDone, operations } from './expectations.ts';
import { tryField } from './fields.ts';
import { kinds, type Kind } from './kinds.ts';
import { tryList } from './lists.ts';
import { ownedFields, strayFields } from './owned-fields.ts';
import { inOrder, tryPayload } from './payloads.ts';
import { setStage, type Stage } from './stage.ts';
import { trySubscription } from './subscriptions.ts';
import { isWanted, surface, type Operation } from './surface.ts';
import { tryIds } from './things.ts';
import { viewers } from './viewers.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);

afterAll(async () => {
  const { operations: ops, subscriptions, things, fields, payloads } = stage.tried;
  const walked = ownedFields.filter(({ ways }) => ways.length > 0).length;
  const all = ops + subscriptions + things + fields;
  console.log(
    [
      `access: ${surface.length} operations x ${viewers.length} viewers, on all that they name = ${ops + subscriptions}`,
      `${Object.keys(kinds).length} kinds of thing by id = ${things}`,
      `${walked} fields of things = ${fields}`,
      `${all} combinations, and ${payloads} payloads with the other ${ownedFields.length - walked} fields`,
    ].join('; '),
  );
  await stage.world[Symbol.asyncDispose]();
});

test('the tables know every operation and every kind, and no other', () => {
  expect(Object.keys(operations).sort()).toEqual(surface.map(({ name }) => name).sort());
  expect(Object.keys(kinds).sort()).toEqual(Object.keys(idPrefixes).sort());
});

test('whatever anybody writes is noticed', async () => {
  const { server, log } = stage.world;
  await log.take();
  await server.db.insertInto('Setting').values({ key: 'vm.stop.grace', value: '1' }).execute();
  await server.db.deleteFrom('Setting').where('key', '=', 'vm.stop.grace').execute();
  const { writes } = await log.take();
  expect(writes.map((write) => write.split(' ').slice(0, 2).join(' '))).toEqual([
    'INSERT Setting',
    'DELETE Setting',
  ]);
});

const known = surface.filter(({ name }) => isWanted(name) && operations[name] !== undefined);
const isList = ({ name }: Operation) => operations[name]?.lists !== undefined;
const isSubscription = ({ kind }: Operation) => kind === 'subscription';

/** One test for each; no group where nothing of it is wanted. */
function testEach<Part extends { name: string }>(
  group: string,
  parts: readonly Part[],
  run: (part: Part) => Promise<void>,
) {
  if (parts.length === 0) return;
  describe(group, () => {
    for (const part of parts) test(part.name, () => run(part));
  });
}

testEach(
  'a list holds what one may see, and does not count the rest',
  known.filter(isList),
  async (operation) => {
    expect(await tryList(stage, operation)).toEqual([]);
  },
);

const wantedKinds = (Object.keys(kinds) as Kind[]).filter(isWanted).map((name) => ({ name }));
testEach('by its id one finds what one may see', wantedKinds, async ({ name }) => {
  expect(await tryIds(stage, name)).toEqual([]);
});

test('there is a way to every field that gives something owned', () => {
  expect(strayFields.map(({ name }) => name)).toEqual([]);
});

const wantedFields = ownedFields.filter(({ name, ways }) => isWanted(name) && ways.length > 0);
testEach('a field gives what one may see', wantedFields, async (field) => {
  const { mismatches, given } = await tryField(stage, field);
  expect(mismatches).toEqual([]);
  expect(given > 0, 'it gives something to somebody').toBe(!(field.name in emptyFields));
});

const actions = known.filter((operation) => !isList(operation) && !isSubscription(operation));
testEach('an operation does what it may do, for whom it may', actions, async (operation) => {
  const { mismatches, stumbles } = await tryOperation(stage, operation);
  expect(mismatches).toEqual([]);
  const stopper = neverDone[operation.name];
  if (stopper) expect(stumbles?.join()).toMatch(stopper);
  else expect(stumbles, 'somebody comes to the end of it').toBeUndefined();
});

testEach('a subscription tells what one may see', known.filter(isSubscription), async (operation) => {
  expect(await trySubscription(stage, operation)).toEqual([]);
});

const mutations = inOrder(actions.filter(({ kind }) => kind === 'mutation'));
let isInEarnest = false;
testEach('what a mutation gives, its caller may see', mutations, async (operation) => {
  if (!isInEarnest) await stage.world.log.endRehearsals();
  isInEarnest = true;
  expect(await tryPayload(stage, operation)).toEqual([]);
});
