-- AlterEnum
ALTER TYPE "VirtualMachineState" ADD VALUE 'RELEASING';

-- AlterTable
ALTER TABLE "VirtualMachine" ADD COLUMN     "drift" JSONB;

-- CreateTable
CREATE TABLE "ForeignMachine" (
    "id" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "uuid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "power" "PowerState" NOT NULL,
    "cpuCount" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "bootMode" "BootMode" NOT NULL,
    "disks" JSONB NOT NULL,
    "nics" JSONB NOT NULL,
    "obstacle" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ForeignMachine_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ForeignMachine_hostId_uuid_key" ON "ForeignMachine"("hostId", "uuid");

-- AddForeignKey
ALTER TABLE "ForeignMachine" ADD CONSTRAINT "ForeignMachine_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

CREATE TRIGGER next_version BEFORE UPDATE ON "ForeignMachine" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "ForeignMachine"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_shared('ForeignMachine', 'OPERATOR');

-- Machines that are otherwise than they should be.
CREATE INDEX "VirtualMachine_drift_idx" ON "VirtualMachine" ("hostId") WHERE "drift" IS NOT NULL;
