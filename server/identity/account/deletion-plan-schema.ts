import { builder } from '../../graphql/builder.ts';
import type { DeletionPlan as PlanFacts } from './deletion-store.ts';

/** What a deletion would remove. */
export const DeletionPlan = builder.objectRef<PlanFacts>('DeletionPlan').implement({
  description: 'What a deletion would remove. Nothing is changed yet.',
  fields: (t) => ({
    accountCount: t.exposeInt('accountCount', { description: 'Accounts of people.' }),
    subdomainCount: t.exposeInt('subdomainCount', { description: 'Domains below the one that is deleted.' }),
    projectCount: t.exposeInt('projectCount', {
      description: 'Projects that these accounts made, with all that they own; others may take part in them.',
    }),
    userCount: t.exposeInt('userCount', { description: 'Users.' }),
    apiKeyCount: t.exposeInt('apiKeyCount', { description: 'API keys of these users.' }),
    identityProviderCount: t.exposeInt('identityProviderCount', {
      description: 'Identity providers of these domains.',
    }),
    virtualMachineCount: t.exposeInt('virtualMachineCount', {
      description: 'Machines, those in the recycle bin too. None can be recovered.',
    }),
    volumeCount: t.exposeInt('volumeCount', { description: 'Disks.' }),
    templateCount: t.exposeInt('templateCount', { description: 'Templates.' }),
    isoCount: t.exposeInt('isoCount', { description: 'ISOs.' }),
    virtualMachineNames: t.exposeStringList('virtualMachineNames', {
      description: 'Names of the first few machines.',
    }),
  }),
});
