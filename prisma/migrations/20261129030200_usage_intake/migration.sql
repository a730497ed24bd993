-- Counters of machines.
ALTER TYPE "UsageEventKind" ADD VALUE 'NETWORK_BYTES_SENT';
ALTER TYPE "UsageEventKind" ADD VALUE 'NETWORK_BYTES_RECEIVED';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_DISK_IO_READ';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_DISK_IO_WRITE';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_DISK_BYTES_READ';
ALTER TYPE "UsageEventKind" ADD VALUE 'VM_DISK_BYTES_WRITE';

-- Order is a number of its own now: ids may derive from what an event tells of, and come twice.
ALTER TABLE "UsageEventPending" DROP CONSTRAINT "UsageEventPending_pkey",
  ADD COLUMN "position" BIGSERIAL NOT NULL,
  ADD CONSTRAINT "UsageEventPending_pkey" PRIMARY KEY ("position");

-- CreateIndex
CREATE INDEX "UsageEvent_id_idx" ON "UsageEvent"("id");

-- CreateTable
CREATE TABLE "MachineRun" (
    "virtualMachineId" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "serviceOfferingId" TEXT NOT NULL,
    "cpuNanoseconds" BIGINT NOT NULL,
    "readings" BIGINT[],
    "unbilled" BIGINT[],
    "readAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "MachineRun_pkey" PRIMARY KEY ("virtualMachineId","runId")
);

-- CreateTable
CREATE TABLE "UsageCloseRequest" (
    "jobId" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    "periodCount" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "UsageCloseRequest_pkey" PRIMARY KEY ("jobId")
);

-- CreateIndex
CREATE INDEX "MachineRun_readAt_idx" ON "MachineRun"("readAt");

-- CreateIndex
CREATE INDEX "UsageCloseRequest_finishedAt_idx" ON "UsageCloseRequest"("finishedAt");

-- Machines that run already were not metered from their start: what their counters say at first is where they begin.
INSERT INTO "MachineRun" ("virtualMachineId", "runId", "hostId", "accountId", "zoneId", "resourceName", "serviceOfferingId",
  "cpuNanoseconds", "readings", "unbilled", "readAt")
SELECT "id", '', "hostId", "accountId", "zoneId", "name", "serviceOfferingId", 0, '{0,0,0,0,0,0}', '{0,0,0,0,0,0}', now()
FROM "VirtualMachine" WHERE "hostId" IS NOT NULL;

-- What was counted and what grew since, counter by counter. One that fell did not grow.
CREATE FUNCTION nephos_grown(counted bigint[], before bigint[], now bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(coalesce(c, 0) + greatest(n - b, 0) ORDER BY place)
  FROM unnest(counted, before, now) WITH ORDINALITY AS t(c, b, n, place)
$$;

-- When the period began, by the clock on a wall, that a moment is in. Where clocks are put back or forward it may begin
-- twice: whoever cuts by it makes a piece more.
CREATE FUNCTION nephos_usage_slot(at timestamptz, zone text, minutes int) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT at - make_interval(secs => mod(extract(epoch FROM (at AT TIME ZONE zone)::time), minutes * 60)::float8)
$$;
