-- CreateEnum
CREATE TYPE "AlertKind" AS ENUM ('HOST_SILENT', 'HOST_DOWN', 'HOST_NOT_EMPTIED', 'CERTIFICATE_ENDS', 'FOREIGN_MACHINES', 'CPU_PROMISED', 'MEMORY_PROMISED', 'POOL_USED', 'POOL_PROMISED', 'IMAGE_STORE_USED', 'ADDRESSES_TAKEN', 'MACHINE_STUCK', 'MACHINE_UNKNOWN', 'MACHINE_DRIFTED', 'EXPUNGE_OVERDUE', 'JOB_STUCK');

-- CreateEnum
CREATE TYPE "AlertSeverity" AS ENUM ('WARNING', 'CRITICAL');

-- AlterEnum
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_ASSIGN';
ALTER TYPE "UsageEventKind" ADD VALUE 'VOLUME_ASSIGN';

-- CreateTable
CREATE TABLE "Alert" (
    "id" TEXT NOT NULL,
    "kind" "AlertKind" NOT NULL,
    "severity" "AlertSeverity" NOT NULL,
    "targetKind" TEXT NOT NULL,
    "targetId" TEXT NOT NULL,
    "targetName" TEXT NOT NULL,
    "zoneId" TEXT,
    "isOfTenant" BOOLEAN NOT NULL DEFAULT false,
    "message" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "clearedAt" TIMESTAMPTZ(3),
    "acknowledgedAt" TIMESTAMPTZ(3),
    "acknowledgedByUserId" TEXT,
    "acknowledgedByName" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Alert_targetId_id_idx" ON "Alert"("targetId", "id");

-- CreateIndex
CREATE INDEX "Agent_certificateUntil_idx" ON "Agent"("certificateUntil");


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- A condition is told of once while it holds.
CREATE UNIQUE INDEX "Alert_open_key" ON "Alert" ("kind", "targetId") WHERE "clearedAt" IS NULL;
CREATE INDEX "Alert_clearedAt_idx" ON "Alert" ("clearedAt") WHERE "clearedAt" IS NOT NULL;

-- What conditions look for is rare.
CREATE INDEX "Host_troubled_idx" ON "Host" ("id")
  WHERE "linkState" IN ('ALERT', 'DOWN') OR "adminState" = 'ERROR_IN_MAINTENANCE';
CREATE INDEX "VirtualMachine_unsettled_idx" ON "VirtualMachine" ("updatedAt")
  WHERE "state" NOT IN ('STOPPED', 'RUNNING', 'SUSPENDED', 'DESTROYED', 'ERROR');
CREATE INDEX "Job_stuck_idx" ON "Job" ("id") WHERE "status" = 'STUCK';

-- Appends a change for an alert: to those who run the hardware; of what tenants have, to root administrators.
CREATE FUNCTION nephos_track_alert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  alert record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM nephos_append_change('Alert', alert."id", nephos_operation(TG_OP),
    alert."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
    CASE WHEN alert."isOfTenant" THEN 'ACCOUNT' ELSE 'OPERATOR' END, NULL, NULL);
  RETURN NULL;
END $$;

CREATE TRIGGER next_version BEFORE UPDATE ON "Alert" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "Alert" FOR EACH ROW EXECUTE FUNCTION nephos_track_alert();

-- To its former owner a thing is gone, and to administrators who saw it for the former owner's sake alone.
CREATE FUNCTION nephos_track_departure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nephos_append_change(TG_ARGV[0], OLD."id", 'DELETED', OLD."version", 'ACCOUNT', OLD."accountId", ARRAY(
    SELECT unnest(nephos_lineage_of_account(OLD."accountId"))
    EXCEPT SELECT unnest(nephos_lineage_of_account(NEW."accountId"))));
  RETURN NULL;
END $$;

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['VirtualMachine', 'Volume', 'Nic', 'VirtualMachineSchedule'] LOOP
    -- Before track_change, by its name: whoever sees it still takes it up again.
    EXECUTE format('CREATE TRIGGER tell_former_owner AFTER UPDATE OF "accountId" ON %I FOR EACH ROW WHEN (OLD."accountId" <> NEW."accountId") EXECUTE FUNCTION nephos_track_departure(%L)', owned, owned);
  END LOOP;
END $$;
