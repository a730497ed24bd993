import { findIdKind } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../graphql/builder.ts';
import { findNode } from '../graphql/node-schema.ts';
import { search, type SearchHit as Hit } from './search.ts';

const SearchHit = builder.objectRef<Hit>('SearchHit').implement({
  description: 'Something that a search found.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    kind: t.string({
      description: 'Its kind, as the type is called: `VirtualMachine`.',
      resolve: ({ id }) => findIdKind(id) ?? '',
    }),
    name: t.exposeString('name', { description: 'What it is called; its id where it has no name.' }),
    detail: t.exposeString('detail', {
      nullable: true,
      description: 'What it was found by where that is not its name: an address, a tag, a path.',
    }),
    node: t.field({
      type: Node,
      nullable: true,
      description: 'The thing itself; null when it went away meanwhile.',
      resolve: ({ id }, _args, context) => findNode(context, id),
    }),
  }),
});

builder.queryField('search', (t) =>
  t.field({
    type: [SearchHit],
    permission: 'node.get',
    description:
      'What you may see with a text in its name or tags, machines also by the beginning of an IP address and by a part of a MAC address, and anything by its whole id: what matches best first. Errors: VALIDATION_FAILED.',
    args: {
      text: t.arg.string({ description: 'What to look for, at most 200 characters.' }),
      first: t.arg.int({ defaultValue: 5, description: 'Most of each kind: 1 to 20.' }),
    },
    resolve: async (_parent, { text, first }, context) => {
      const hits = await search(context.platform.db, context.actor, text, first);
      if (hits.length > 0 || findIdKind(text.trim()) === undefined) return hits;
      // A job, or an event, has no name to be found by.
      const node = await findNode(context, text.trim());
      return node === null ? [] : [{ id: node.id, name: node.id, detail: null }];
    },
  }),
);
