-- CreateEnum
CREATE TYPE "VirtualMachineSnapshotState" AS ENUM ('CREATING', 'READY', 'REVERTING', 'DELETING', 'ERROR');

-- AlterEnum
ALTER TYPE "ScheduledAction" ADD VALUE 'SNAPSHOT';

-- AlterEnum
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SNAPSHOT_CREATE';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SNAPSHOT_DELETE';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SNAPSHOT_ON_PRIMARY';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SNAPSHOT_OFF_PRIMARY';

-- AlterTable
ALTER TABLE "VirtualMachineSchedule" ADD COLUMN     "keep" INTEGER;

-- CreateTable
CREATE TABLE "VirtualMachineSnapshot" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "virtualMachineId" TEXT NOT NULL,
    "parentId" TEXT,
    "isCurrent" BOOLEAN NOT NULL DEFAULT false,
    "scheduleId" TEXT,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" "VirtualMachineSnapshotState" NOT NULL DEFAULT 'CREATING',
    "withMemory" BOOLEAN NOT NULL,
    "serviceOfferingId" TEXT NOT NULL,
    "cpuCount" INTEGER NOT NULL,
    "cpuMhz" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "headroomCpuCount" INTEGER,
    "headroomMemoryBytes" BIGINT,
    "volumeIds" TEXT[],
    "diskBytes" BIGINT NOT NULL,
    "poolId" TEXT NOT NULL,
    "reservedBytes" BIGINT NOT NULL DEFAULT 0,
    "stateBytes" BIGINT NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VirtualMachineSnapshot_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_virtualMachineId_idx" ON "VirtualMachineSnapshot"("virtualMachineId");

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_accountId_id_idx" ON "VirtualMachineSnapshot"("accountId", "id");

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_parentId_idx" ON "VirtualMachineSnapshot"("parentId");

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_scheduleId_idx" ON "VirtualMachineSnapshot"("scheduleId");

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_serviceOfferingId_idx" ON "VirtualMachineSnapshot"("serviceOfferingId");

-- CreateIndex
CREATE INDEX "VirtualMachineSnapshot_poolId_idx" ON "VirtualMachineSnapshot"("poolId");

-- AddForeignKey
ALTER TABLE "VirtualMachineSnapshot" ADD CONSTRAINT "VirtualMachineSnapshot_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachineSnapshot" ADD CONSTRAINT "VirtualMachineSnapshot_serviceOfferingId_fkey" FOREIGN KEY ("serviceOfferingId") REFERENCES "ServiceOffering"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachineSnapshot" ADD CONSTRAINT "VirtualMachineSnapshot_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "StoragePool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachineSnapshot" ADD CONSTRAINT "VirtualMachineSnapshot_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "VirtualMachineSnapshot"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachineSnapshot" ADD CONSTRAINT "VirtualMachineSnapshot_scheduleId_fkey" FOREIGN KEY ("scheduleId") REFERENCES "VirtualMachineSchedule"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- A machine stands on one snapshot, or on none.
CREATE UNIQUE INDEX "VirtualMachineSnapshot_current_key" ON "VirtualMachineSnapshot" ("virtualMachineId") WHERE "isCurrent";

-- What snapshots a machine has, and what is being done to them, decides what may be done to it.
CREATE FUNCTION nephos_touch_snapshotted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "VirtualMachine" SET "updatedAt" = now()
  WHERE "id" = CASE TG_OP WHEN 'DELETE' THEN OLD."virtualMachineId" ELSE NEW."virtualMachineId" END;
  RETURN NULL;
END $$;

CREATE TRIGGER next_version BEFORE UPDATE ON "VirtualMachineSnapshot" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "VirtualMachineSnapshot"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_owned('VirtualMachineSnapshot');
CREATE TRIGGER touch_snapshotted AFTER INSERT OR DELETE OR UPDATE OF "state" ON "VirtualMachineSnapshot"
  FOR EACH ROW EXECUTE FUNCTION nephos_touch_snapshotted();

-- Those that a job should be working on.
CREATE INDEX "VirtualMachineSnapshot_work_idx" ON "VirtualMachineSnapshot" ("id") WHERE "state" NOT IN ('READY', 'ERROR');
