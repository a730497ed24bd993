import { builder } from '../../graphql/builder.ts';

const RefreshBalancesPayload = builder.objectRef<{ requestedAt: Date }>('RefreshBalancesPayload').implement({
  description: 'What was asked for.',
  fields: (t) => ({
    requestedAt: t.expose('requestedAt', {
      type: 'DateTime',
      description: 'Balances are fresh once their `asOf` is not before this.',
    }),
  }),
});

builder.mutationField('refreshBalances', (t) =>
  t.field({
    type: RefreshBalancesPayload,
    permission: 'balance.refresh',
    description:
      'Has what was used up to now counted at once; otherwise that is done every minute. It does not wait for it.',
    resolve: async (_parent, _args, { services, actor }) => ({
      requestedAt: await services.liveCosts.refresh(actor),
    }),
  }),
);
