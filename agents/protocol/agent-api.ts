import { z } from 'zod';
import { certificateAnswer, enrolInput } from './enrolment.ts';
import { inventoryAnswer, inventoryChanged } from './inventory.ts';
import { commandFinished, commandProgress, hello, helloAnswer, machineChanged } from './reports.ts';
import { requestReply } from './requests.ts';
import { statistics, statisticsAnswer } from './statistics.ts';

/** GraphQL schema of the agent port. Each scalar is a JSON object whose shape is the zod schema of the same name. */
export const agentSdl = /* GraphQL */ `
  scalar EnrolInput
  scalar CertificateAnswer
  scalar CertificateRequest
  scalar Hello
  scalar HelloAnswer
  scalar MachineChanged
  scalar InventoryChanged
  scalar InventoryAnswer
  scalar Statistics
  scalar StatisticsAnswer
  scalar CommandProgress
  scalar CommandFinished
  scalar RequestReply
  scalar Instruction

  type Query {
    "Protocol version, as major.minor."
    protocol: String!
  }

  type Mutation {
    "Trades a one-time token for a certificate. All that is open to a connection without one."
    enrol(input: EnrolInput!): CertificateAnswer!
    "A new certificate for the agent that asks, before its own ends."
    renew(certificateRequest: CertificateRequest!): CertificateAnswer!
    "First words on a connection: version and full inventory."
    hello(input: Hello!): HelloAnswer!
    "I am alive."
    heartbeat: Boolean!
    "A machine's power changed."
    machineChanged(input: MachineChanged!): Boolean!
    "Since 1.1: what somebody changed at the hypervisor; right after the hello, all that there is."
    inventoryChanged(input: InventoryChanged!): InventoryAnswer!
    "What all running machines, the host and its pools did since the last report."
    statistics(input: Statistics!): StatisticsAnswer!
    "How far a command is."
    commandProgress(input: CommandProgress!): Boolean!
    "How a command ended. Repeated until answered."
    commandFinished(input: CommandFinished!): Boolean!
    "The answer to a request."
    requestAnswered(input: RequestReply!): Boolean!
  }

  type Subscription {
    "Commands, cancellations and requests for this agent."
    instructions: Instruction!
  }
`;

/** The operations that agents use; a server runs no others. */
export const agentOperations = {
  enrol: 'mutation enrol($input: EnrolInput!) { enrol(input: $input) }',
  renew: 'mutation renew($input: CertificateRequest!) { renew(certificateRequest: $input) }',
  hello: 'mutation hello($input: Hello!) { hello(input: $input) }',
  heartbeat: 'mutation heartbeat { heartbeat }',
  machineChanged: 'mutation machineChanged($input: MachineChanged!) { machineChanged(input: $input) }',
  inventoryChanged:
    'mutation inventoryChanged($input: InventoryChanged!) { inventoryChanged(input: $input) }',
  statistics: 'mutation statistics($input: Statistics!) { statistics(input: $input) }',
  commandProgress: 'mutation commandProgress($input: CommandProgress!) { commandProgress(input: $input) }',
  commandFinished: 'mutation commandFinished($input: CommandFinished!) { commandFinished(input: $input) }',
  requestAnswered: 'mutation requestAnswered($input: RequestReply!) { requestAnswered(input: $input) }',
  instructions: 'subscription instructions { instructions }',
} as const;

/** Shapes of what each mutation takes and gives. */
export const agentMutations = {
  enrol: { input: enrolInput, answer: certificateAnswer },
  renew: { input: z.string().max(10_000), answer: certificateAnswer },
  hello: { input: hello, answer: helloAnswer },
  heartbeat: { input: z.undefined(), answer: z.boolean() },
  machineChanged: { input: machineChanged, answer: z.boolean() },
  inventoryChanged: { input: inventoryChanged, answer: inventoryAnswer },
  statistics: { input: statistics, answer: statisticsAnswer },
  commandProgress: { input: commandProgress, answer: z.boolean() },
  commandFinished: { input: commandFinished, answer: z.boolean() },
  requestAnswered: { input: requestReply, answer: z.boolean() },
} as const;

export type AgentMutation = keyof typeof agentMutations;
