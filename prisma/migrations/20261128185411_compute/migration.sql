-- CreateEnum
CREATE TYPE "PlacementStrategy" AS ENUM ('FIRST_FIT', 'DISPERSING', 'CONCENTRATING', 'LEAST_CONSUMED', 'RANDOM');

-- CreateEnum
CREATE TYPE "BootMode" AS ENUM ('BIOS', 'UEFI');

-- CreateEnum
CREATE TYPE "AffinityKind" AS ENUM ('HOST_AFFINITY', 'HOST_ANTI_AFFINITY');

-- CreateEnum
CREATE TYPE "AffinityEnforcement" AS ENUM ('HARD', 'SOFT');

-- CreateEnum
CREATE TYPE "ConsoleKind" AS ENUM ('VNC', 'SERIAL');

-- AlterEnum
ALTER TYPE "VirtualMachineState" ADD VALUE 'SUSPENDED';

-- AlterEnum
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SCALE';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_SCALE_LIVE';

-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "dedicatedAccountId" TEXT,
ADD COLUMN     "dedicatedDomainId" TEXT;

-- AlterTable
ALTER TABLE "ConsoleToken" ADD COLUMN     "kind" "ConsoleKind" NOT NULL DEFAULT 'VNC';

-- AlterTable
ALTER TABLE "DiskOffering" ADD COLUMN     "storageTags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "adminStateReason" TEXT,
ADD COLUMN     "dedicatedAccountId" TEXT,
ADD COLUMN     "dedicatedDomainId" TEXT,
ADD COLUMN     "sshAddress" TEXT,
ADD COLUMN     "sshHostKey" TEXT,
ADD COLUMN     "sshPort" INTEGER,
ADD COLUMN     "sshUser" TEXT,
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Pod" ADD COLUMN     "dedicatedAccountId" TEXT,
ADD COLUMN     "dedicatedDomainId" TEXT;

-- AlterTable
ALTER TABLE "ServiceOffering" ADD COLUMN     "hostTags" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "isScalableLive" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "maxCpuCount" INTEGER,
ADD COLUMN     "maxMemoryBytes" BIGINT,
ADD COLUMN     "placement" "PlacementStrategy",
ADD COLUMN     "rootDiskBytes" BIGINT,
ADD COLUMN     "storageTags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "StoragePool" ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "VirtualMachine" ADD COLUMN     "bootMode" "BootMode" NOT NULL DEFAULT 'BIOS',
ADD COLUMN     "details" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "groupName" TEXT,
ADD COLUMN     "headroomCpuCount" INTEGER,
ADD COLUMN     "headroomMemoryBytes" BIGINT,
ADD COLUMN     "isDeleteProtected" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "sealedPassword" BYTEA,
ADD COLUMN     "seedVersion" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "sshPublicKeys" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "tags" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "targetHostId" TEXT,
ADD COLUMN     "userData" BYTEA;

-- CreateTable
CREATE TABLE "AffinityGroup" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" "AffinityKind" NOT NULL,
    "enforcement" "AffinityEnforcement" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AffinityGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AffinityGroupMember" (
    "affinityGroupId" TEXT NOT NULL,
    "virtualMachineId" TEXT NOT NULL,

    CONSTRAINT "AffinityGroupMember_pkey" PRIMARY KEY ("affinityGroupId","virtualMachineId")
);

-- CreateTable
CREATE TABLE "SshKeyPair" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SshKeyPair_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "EnrolmentToken" ADD COLUMN "agentId" TEXT;

-- CreateTable
CREATE TABLE "HostInstallation" (
    "hostId" TEXT NOT NULL,
    "sealedCredentials" BYTEA,
    "checks" JSONB NOT NULL DEFAULT '[]',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "HostInstallation_pkey" PRIMARY KEY ("hostId")
);

-- CreateIndex
CREATE INDEX "AffinityGroup_accountId_id_idx" ON "AffinityGroup"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "AffinityGroup_accountId_name_key" ON "AffinityGroup"("accountId", "name");

-- CreateIndex
CREATE INDEX "AffinityGroupMember_virtualMachineId_idx" ON "AffinityGroupMember"("virtualMachineId");

-- CreateIndex
CREATE INDEX "SshKeyPair_accountId_id_idx" ON "SshKeyPair"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "SshKeyPair_accountId_name_key" ON "SshKeyPair"("accountId", "name");

-- CreateIndex
CREATE INDEX "VirtualMachine_targetHostId_idx" ON "VirtualMachine"("targetHostId");

-- CreateIndex
CREATE INDEX "VirtualMachine_tags_idx" ON "VirtualMachine" USING GIN ("tags");

-- AddForeignKey
ALTER TABLE "AffinityGroup" ADD CONSTRAINT "AffinityGroup_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AffinityGroupMember" ADD CONSTRAINT "AffinityGroupMember_affinityGroupId_fkey" FOREIGN KEY ("affinityGroupId") REFERENCES "AffinityGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AffinityGroupMember" ADD CONSTRAINT "AffinityGroupMember_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SshKeyPair" ADD CONSTRAINT "SshKeyPair_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateEnum
CREATE TYPE "ScheduledAction" AS ENUM ('START', 'STOP', 'FORCE_STOP', 'REBOOT', 'FORCE_REBOOT');

-- CreateEnum
CREATE TYPE "LeaseAction" AS ENUM ('STOP', 'DESTROY');

-- AlterTable
ALTER TABLE "VirtualMachine" ADD COLUMN     "leaseAction" "LeaseAction",
ADD COLUMN     "leaseExpiresAt" TIMESTAMPTZ(3),
ADD COLUMN     "leaseWarnedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "VirtualMachineSchedule" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "virtualMachineId" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "action" "ScheduledAction" NOT NULL,
    "cron" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "startsAt" TIMESTAMPTZ(3),
    "endsAt" TIMESTAMPTZ(3),
    "nextRunAt" TIMESTAMPTZ(3),
    "lastRunAt" TIMESTAMPTZ(3),
    "lastJobId" TEXT,
    "lastSkipReason" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VirtualMachineSchedule_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "VirtualMachineSchedule_virtualMachineId_idx" ON "VirtualMachineSchedule"("virtualMachineId");

-- CreateIndex
CREATE INDEX "VirtualMachineSchedule_accountId_id_idx" ON "VirtualMachineSchedule"("accountId", "id");

-- CreateIndex
CREATE INDEX "VirtualMachineSchedule_nextRunAt_idx" ON "VirtualMachineSchedule"("nextRunAt");

-- AddForeignKey
ALTER TABLE "VirtualMachineSchedule" ADD CONSTRAINT "VirtualMachineSchedule_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- Who is in an affinity group is part of what is shown of it, and of its machines.
CREATE FUNCTION nephos_touch_affinity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  member record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  UPDATE "AffinityGroup" SET "updatedAt" = now() WHERE "id" = member."affinityGroupId";
  UPDATE "VirtualMachine" SET "updatedAt" = now() WHERE "id" = member."virtualMachineId";
  RETURN NULL;
END $$;

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['AffinityGroup', 'SshKeyPair', 'VirtualMachineSchedule'] LOOP
    EXECUTE format('CREATE TRIGGER next_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_next_version()', owned);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_track_owned(%L)', owned, owned);
  END LOOP;
END $$;

CREATE TRIGGER touch_affinity AFTER INSERT OR DELETE ON "AffinityGroupMember"
  FOR EACH ROW EXECUTE FUNCTION nephos_touch_affinity();

-- Reserved for a domain or for an account, never for both.
ALTER TABLE "Pod" ADD CONSTRAINT "Pod_dedicated_check" CHECK ("dedicatedDomainId" IS NULL OR "dedicatedAccountId" IS NULL);
ALTER TABLE "Cluster" ADD CONSTRAINT "Cluster_dedicated_check" CHECK ("dedicatedDomainId" IS NULL OR "dedicatedAccountId" IS NULL);
ALTER TABLE "Host" ADD CONSTRAINT "Host_dedicated_check" CHECK ("dedicatedDomainId" IS NULL OR "dedicatedAccountId" IS NULL);

-- Placement ------------------------------------------------------------------------------------------------------

-- AlterTable
ALTER TABLE "StoragePool" ADD COLUMN     "overprovisioning" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "HostCapacity" ADD COLUMN     "zoneId" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "clusterId" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "isOpen" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "dedicatedTo" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "HostCapacity" ALTER COLUMN "zoneId" DROP DEFAULT, ALTER COLUMN "clusterId" DROP DEFAULT;

-- What a host, its cluster and its pod say together about who may be placed there.
CREATE FUNCTION nephos_place_hosts(hosts text[]) RETURNS void LANGUAGE sql AS $$
  UPDATE "HostCapacity" c SET
    "zoneId" = h."zoneId",
    "clusterId" = h."clusterId",
    "isOpen" = h."linkState" = 'UP' AND h."adminState" = 'ENABLED' AND l."allocationState" = 'ENABLED',
    "dedicatedTo" = array_remove(ARRAY[
      coalesce(h."dedicatedAccountId", h."dedicatedDomainId"),
      coalesce(l."dedicatedAccountId", l."dedicatedDomainId"),
      coalesce(p."dedicatedAccountId", p."dedicatedDomainId")], NULL)
  FROM "Host" h JOIN "Cluster" l ON l."id" = h."clusterId" JOIN "Pod" p ON p."id" = h."podId"
  WHERE c."hostId" = h."id" AND h."id" = ANY(hosts)
$$;

CREATE FUNCTION nephos_place_host() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nephos_place_hosts(CASE TG_TABLE_NAME
    WHEN 'HostCapacity' THEN ARRAY[to_jsonb(NEW) ->> 'hostId']
    WHEN 'Host' THEN ARRAY[to_jsonb(NEW) ->> 'id']
    WHEN 'Cluster' THEN ARRAY(SELECT "id" FROM "Host" WHERE "clusterId" = to_jsonb(NEW) ->> 'id' ORDER BY "id")
    ELSE ARRAY(SELECT "id" FROM "Host" WHERE "podId" = to_jsonb(NEW) ->> 'id' ORDER BY "id")
  END);
  RETURN NULL;
END $$;

SELECT nephos_place_hosts(ARRAY(SELECT "id" FROM "Host"));

CREATE TRIGGER place_host AFTER INSERT ON "HostCapacity" FOR EACH ROW EXECUTE FUNCTION nephos_place_host();
CREATE TRIGGER place_host AFTER UPDATE ON "Host" FOR EACH ROW
  WHEN ((OLD."linkState", OLD."adminState", OLD."dedicatedDomainId", OLD."dedicatedAccountId")
    IS DISTINCT FROM (NEW."linkState", NEW."adminState", NEW."dedicatedDomainId", NEW."dedicatedAccountId"))
  EXECUTE FUNCTION nephos_place_host();
CREATE TRIGGER place_host AFTER UPDATE ON "Cluster" FOR EACH ROW
  WHEN ((OLD."allocationState", OLD."dedicatedDomainId", OLD."dedicatedAccountId")
    IS DISTINCT FROM (NEW."allocationState", NEW."dedicatedDomainId", NEW."dedicatedAccountId"))
  EXECUTE FUNCTION nephos_place_host();
CREATE TRIGGER place_host AFTER UPDATE ON "Pod" FOR EACH ROW
  WHEN ((OLD."dedicatedDomainId", OLD."dedicatedAccountId") IS DISTINCT FROM (NEW."dedicatedDomainId", NEW."dedicatedAccountId"))
  EXECUTE FUNCTION nephos_place_host();

-- The larger of the shares of processor and memory that are promised.
CREATE FUNCTION nephos_share(cpu_reserved int, cpu_total int, memory_reserved bigint, memory_total bigint)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(cpu_reserved::float8 / greatest(cpu_total, 1), memory_reserved::float8 / greatest(memory_total, 1));

-- Sizes of which each is up to twice the one before: what fits into a class fits into all that are larger.
CREATE FUNCTION nephos_size_class(bytes bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(ln(greatest(bytes, 1)::float8) / ln(2::float8))::int;

-- Hosts open to everybody in the orders of the strategies: least consumed, first fit, random.
CREATE INDEX "HostCapacity_least_consumed_idx" ON "HostCapacity"
  ("zoneId", nephos_share("cpuMhzReserved", "cpuMhzTotal", "memoryBytesReserved", "memoryBytesTotal"), "hostId")
  WHERE "isOpen" AND "dedicatedTo" = '{}';
CREATE INDEX "HostCapacity_first_fit_idx" ON "HostCapacity"
  ("zoneId", nephos_size_class("memoryBytesTotal" - "memoryBytesReserved"), "hostId")
  WHERE "isOpen" AND "dedicatedTo" = '{}';
CREATE INDEX "HostCapacity_random_idx" ON "HostCapacity" ("zoneId", hashtext("hostId"))
  WHERE "isOpen" AND "dedicatedTo" = '{}';
-- Hosts that are reserved, by the nearest reservation.
CREATE INDEX "HostCapacity_dedicated_idx" ON "HostCapacity" ("zoneId", ("dedicatedTo"[1])) WHERE "dedicatedTo" <> '{}';
-- How many machines an owner has on which host.
CREATE INDEX "VirtualMachine_placed_idx" ON "VirtualMachine" ("accountId", "hostId") WHERE "hostId" IS NOT NULL;
CREATE INDEX "HostCapacity_clusterId_idx" ON "HostCapacity" ("clusterId");
CREATE INDEX "Host_tags_idx" ON "Host" USING GIN ("tags");
CREATE INDEX "Host_podId_idx" ON "Host" ("podId");

-- Statistics ------------------------------------------------------------------------------------------------------

-- CreateTable
CREATE TABLE "FreshSample" (
    "resourceId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "values" REAL[],

    CONSTRAINT "FreshSample_pkey" PRIMARY KEY ("resourceId","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "SampleHour" (
    "resourceId" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "minutes" REAL[],
    "quarters" REAL[],

    CONSTRAINT "SampleHour_pkey" PRIMARY KEY ("resourceId","hour")
) PARTITION BY RANGE ("hour");

-- CreateTable
CREATE TABLE "SampleDay" (
    "resourceId" TEXT NOT NULL,
    "day" TIMESTAMPTZ(3) NOT NULL,
    "quarters" REAL[],

    CONSTRAINT "SampleDay_pkey" PRIMARY KEY ("resourceId","day")
) PARTITION BY RANGE ("day");

-- A packed row is read as a whole: compressed or not, it stays in its page, which costs less than pages beside it. Its key
-- too: otherwise that would be all that is left to be put elsewhere.
ALTER TABLE "SampleHour" ALTER COLUMN "resourceId" SET STORAGE MAIN, ALTER COLUMN "minutes" SET STORAGE MAIN,
  ALTER COLUMN "quarters" SET STORAGE MAIN;
ALTER TABLE "SampleDay" ALTER COLUMN "resourceId" SET STORAGE MAIN, ALTER COLUMN "quarters" SET STORAGE MAIN;

-- Partitions may be of an hour, too. Period: 'hour', 'day' or 'month', UTC.
CREATE FUNCTION nephos_partition_mask(period text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE period WHEN 'hour' THEN 'YYYYMMDDHH24' WHEN 'day' THEN 'YYYYMMDD' WHEN 'month' THEN 'YYYYMM' END
$$;

CREATE OR REPLACE FUNCTION nephos_ensure_partitions(parent text, period text, since timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  step interval := ('1 ' || period)::interval;
  low timestamp := date_trunc(period, since AT TIME ZONE 'UTC');
  name text;
BEGIN
  WHILE low < until AT TIME ZONE 'UTC' LOOP
    name := parent || '_' || to_char(low, nephos_partition_mask(period));
    IF to_regclass(quote_ident(name)) IS NULL THEN
      -- Made first and attached then, which waits for no reader: a backup reads for hours, and what waits for it holds up all others.
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING INDEXES)', name, parent);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, name, low AT TIME ZONE 'UTC', (low + step) AT TIME ZONE 'UTC');
    END IF;
    low := low + step;
  END LOOP;
END $$;

-- The partitions of a table whose whole period lies before a moment, oldest first, and when each begins.
CREATE FUNCTION nephos_partitions_before(parent text, period text, before timestamptz)
RETURNS TABLE (child text, since timestamptz) LANGUAGE sql STABLE AS $$
  -- Materialized: otherwise the planner may read a time out of the name of any relation there is.
  WITH p AS MATERIALIZED (
    SELECT c.relname::text AS child,
      to_timestamp(substr(c.relname, length(parent) + 2), nephos_partition_mask(period))::timestamp AS low
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(quote_ident(parent))
  )
  SELECT p.child, p.low AT TIME ZONE 'UTC' FROM p
  WHERE p.low + ('1 ' || period)::interval <= before AT TIME ZONE 'UTC'
  ORDER BY p.low
$$;

CREATE OR REPLACE FUNCTION nephos_drop_partitions(parent text, period text, before timestamptz)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  child text;
  dropped int := 0;
BEGIN
  FOR child IN SELECT p.child FROM nephos_partitions_before(parent, period, before) p LOOP
    EXECUTE format('DROP TABLE %I', child);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

-- Several samples as one: the mean of each measure over those that have it.
CREATE FUNCTION nephos_mean(samples real[]) RETURNS real[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(m.mean ORDER BY m.measure) FROM (
    SELECT (s.place - 1) % array_length(samples, 2) AS measure, avg(s.value)::real AS mean
    FROM unnest(samples) WITH ORDINALITY AS s(value, place) GROUP BY 1
  ) m
$$;

-- What was kept until now are counters; they become rates, where there is one before and the machine was not started
-- between. The server packs them like those that come in.
SELECT nephos_ensure_partitions('FreshSample', 'hour', min("at"), max("at") + interval '1 second') FROM "MachineSample";

INSERT INTO "FreshSample" ("resourceId", "at", "values")
SELECT s."virtualMachineId", s."at", ARRAY[
  CASE WHEN s.goes THEN least(100, s.cpu / 1e9 / s.elapsed * 100 / s.processors) END,
  NULL, NULL, s."memoryBytes",
  CASE WHEN s.goes THEN greatest(0, s."read") / s.elapsed END,
  CASE WHEN s.goes THEN greatest(0, s."written") / s.elapsed END,
  CASE WHEN s.goes THEN greatest(0, s."reads") / s.elapsed END,
  CASE WHEN s.goes THEN greatest(0, s."writes") / s.elapsed END,
  CASE WHEN s.goes THEN greatest(0, s."received") / s.elapsed END,
  CASE WHEN s.goes THEN greatest(0, s."sent") / s.elapsed END
]::real[]
FROM (
  SELECT t.*, t.cpu >= 0 AND t.elapsed BETWEEN 1 AND 7200 AS goes FROM (
    SELECT r."virtualMachineId", r."at", r."memoryBytes", m."cpuCount" AS processors,
      extract(epoch FROM r."at" - lag(r."at") OVER w) AS elapsed,
      r."cpuNanoseconds" - lag(r."cpuNanoseconds") OVER w AS cpu,
      r."diskReadBytes" - lag(r."diskReadBytes") OVER w AS "read",
      r."diskWriteBytes" - lag(r."diskWriteBytes") OVER w AS "written",
      r."diskReads" - lag(r."diskReads") OVER w AS "reads",
      r."diskWrites" - lag(r."diskWrites") OVER w AS "writes",
      r."networkRxBytes" - lag(r."networkRxBytes") OVER w AS "received",
      r."networkTxBytes" - lag(r."networkTxBytes") OVER w AS "sent"
    FROM "MachineSample" r JOIN "VirtualMachine" m ON m."id" = r."virtualMachineId"
    WINDOW w AS (PARTITION BY r."virtualMachineId" ORDER BY r."at")
  ) t
) s;

-- DropTable
DROP TABLE "MachineSample";

-- Samples of 15 minutes are kept as long as all samples were.
UPDATE "Setting" SET "key" = 'vm.stats.retention.quarter.days' WHERE "key" = 'vm.stats.retention.days';

-- Leases that end soon.
CREATE INDEX "VirtualMachine_lease_idx" ON "VirtualMachine" ("leaseExpiresAt") WHERE "leaseExpiresAt" IS NOT NULL;
