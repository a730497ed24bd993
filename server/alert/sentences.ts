import type { AlertKind } from '@nephos/model/generated/enums.ts';
import type { Finding } from './conditions/all-conditions.ts';

type Sentence = (name: string, fact: (name: string) => string) => string;

const sentences: Record<AlertKind, Sentence> = {
  HOST_SILENT: (name, fact) =>
    `Host ${name} has been silent since ${fact('since')}; nobody knows whether its machines run (${fact('machines')}).`,
  HOST_DOWN: (name, fact) =>
    `Host ${name} has been off since ${fact('since')}, and its machines with it (${fact('machines')}).`,
  HOST_NOT_EMPTIED: (name, fact) => `Host ${name} could not be emptied for maintenance: ${fact('reason')}.`,
  CERTIFICATE_ENDS: (name, fact) =>
    `The certificate of agent ${name} ends on ${fact('until')}; it should long have been renewed.`,
  FOREIGN_MACHINES: (name, fact) =>
    `Host ${name} has machines that are none of ours (${fact('machines')}): ${fact('names')}.`,
  CPU_PROMISED: (name, fact) =>
    `Cluster ${name} has promised ${fact('percent')} % of its processors; above ${fact('closedAbove')} % it gets no new machines.`,
  MEMORY_PROMISED: (name, fact) =>
    `Cluster ${name} has promised ${fact('percent')} % of its memory; above ${fact('closedAbove')} % it gets no new machines.`,
  POOL_USED: (name, fact) =>
    `Storage pool ${name} is ${fact('percent')} % full; above ${fact('closedAbove')} % it gets no new disks.`,
  POOL_PROMISED: (name, fact) =>
    `Storage pool ${name} has promised ${fact('percent')} % of what it may promise.`,
  IMAGE_STORE_USED: (name, fact) => `Image store ${name} is ${fact('percent')} % full.`,
  ADDRESSES_TAKEN: (name, fact) =>
    `Of the guest addresses of pod ${name} ${fact('percent')} % are taken; free: ${fact('free')}.`,
  MACHINE_STUCK: (name, fact) =>
    `Machine ${name} has been ${fact('state')} since ${fact('since')}, and nothing works on it.`,
  MACHINE_UNKNOWN: (name, fact) =>
    `Nobody has known since ${fact('since')} whether machine ${name} runs${on(fact('host'))}.`,
  MACHINE_DRIFTED: (name, fact) =>
    `Machine ${name} is not what it should be${on(fact('host'))}: ${fact('differences')}.`,
  EXPUNGE_OVERDUE: (name, fact) =>
    `Machine ${name} was destroyed on ${fact('since')} and is still not expunged${because(fact('reason'))}.`,
  USAGE_OVERDUE: (_name, fact) =>
    `Usage has not been summed up since ${fact('since')}: balances stand still, and nothing is billed.`,
  JOB_STUCK: (name, fact) => `What job ${name} began could not be taken back${because(fact('reason'))}.`,
};

const on = (host: string) => (host === '' ? '' : ` on host ${host}`);
const because = (reason: string) => (reason === '' ? '' : `: ${reason}`);

/** What an alert says, for people. */
export function sentenceOf({ kind, targetName, facts }: Finding): string {
  return sentences[kind](targetName, (name) => facts[name] ?? '');
}
