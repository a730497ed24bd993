import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from '@nephos/model/database.ts';
import { audit } from '@nephos/server/platform/audit.ts';
import { AuditChain } from '@nephos/server/platform/audit/chain.ts';
import { sealAll } from '@nephos/server/platform/audit/seal.ts';
import { verifyChain, type ChainReport } from '@nephos/server/platform/audit/verify.ts';
import { ensurePartitions } from '@nephos/server/platform/partitions.ts';
import { Sealing } from '@nephos/server/platform/sealing.ts';
import { createTestDatabase } from './database.ts';

/** An audit log without servers: what is written to it, when, and when it is sealed is up to the test. */
export interface AuditLog extends AsyncDisposable {
  db: Database;
  databaseUrl: string;
  masterKeyFile: string;
  chain: AuditChain;
  /** Appends events, a second apart from a moment on, and seals them. */
  append(count: number, from: Date): Promise<void>;
  /** Appends events that stay as they are, for now. */
  appendUnsealed(count: number, from: Date): Promise<void>;
  seal(): Promise<void>;
  verify(now?: Date): Promise<ChainReport>;
}

export async function createAuditLog(): Promise<AuditLog> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-audit-'));
  const masterKeyFile = path.join(folder, 'master.key');
  const { db } = database;
  const chain = await AuditChain.open(db, Sealing.fromFile(masterKeyFile));
  const appendUnsealed = async (count: number, from: Date) => {
    await ensurePartitions(db, from);
    for (let index = 0; index < count; index++) {
      await audit(db, {
        action: 'test.act',
        outcome: 'SUCCEEDED',
        at: new Date(from.getTime() + index * 1000),
        actor: null,
        details: { index, 'ключ "with" signs': 'värde\n' },
      });
    }
  };
  const seal = async () => {
    await sealAll(db, chain);
  };
  return {
    db,
    databaseUrl: database.url,
    masterKeyFile,
    chain,
    appendUnsealed,
    seal,
    append: async (count, from) => {
      await appendUnsealed(count, from);
      await seal();
    },
    verify: (now = new Date()) => verifyChain(db, chain, now),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
