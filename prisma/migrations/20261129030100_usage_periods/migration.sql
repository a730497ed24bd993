-- Records are summed up anew, by period, from the usage events: those are the truth.
DROP TABLE "UsageCursor";
DROP TABLE "UsageRecord";

-- CreateTable
CREATE TABLE "UsagePeriod" (
    "id" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "timeZone" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "closedAt" TIMESTAMPTZ(3) NOT NULL,
    "eventCount" INTEGER NOT NULL,
    "lateEventCount" INTEGER NOT NULL,
    "recordCount" INTEGER NOT NULL,
    "correctionCount" INTEGER NOT NULL,
    "findings" JSONB NOT NULL,

    CONSTRAINT "UsagePeriod_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageRecord" (
    "id" TEXT NOT NULL,
    "periodStartsAt" TIMESTAMPTZ(3) NOT NULL,
    "correctsPeriod" TIMESTAMPTZ(3),
    "usageType" INTEGER NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3) NOT NULL,
    "quantity" BIGINT NOT NULL,

    CONSTRAINT "UsageRecord_pkey" PRIMARY KEY ("id","periodStartsAt")
) PARTITION BY RANGE ("periodStartsAt");

-- CreateTable
CREATE TABLE "OpenUse" (
    "usageType" INTEGER NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,

    CONSTRAINT "OpenUse_pkey" PRIMARY KEY ("usageType","resourceId")
);

-- CreateIndex
CREATE UNIQUE INDEX "UsagePeriod_startsAt_key" ON "UsagePeriod"("startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "UsagePeriod_endsAt_key" ON "UsagePeriod"("endsAt");

-- CreateIndex
CREATE INDEX "UsageRecord_periodStartsAt_idx" ON "UsageRecord" USING BRIN ("periodStartsAt");

-- CreateIndex
CREATE INDEX "UsageRecord_accountId_id_idx" ON "UsageRecord"("accountId", "id");

-- CreateIndex
CREATE INDEX "UsageRecord_resourceId_idx" ON "UsageRecord"("resourceId");

-- The primary key has it.
DROP INDEX "UsageEvent_seq_idx";

-- CreateIndex
CREATE INDEX "UsageEvent_at_idx" ON "UsageEvent" USING BRIN ("at");

-- CreateIndex
CREATE INDEX "UsageEvent_resourceId_idx" ON "UsageEvent"("resourceId");


-- What Prisma's schema language has no words for -----------------------------------------------------------------

ALTER TABLE "UsagePeriod" ADD CONSTRAINT "UsagePeriod_length_check" CHECK ("startsAt" < "endsAt");

-- An id that follows from facts: whoever derives it again has the same. Beginning of the id (prefix and time, ten digits),
-- facts. It is a UUID of version 8 in base32, whose other 80 bits are a hash. That is base64 made base32, letters without
-- case: what has no meaning need not be converted exactly, and this is ten times as fast. Two bytes are given, that the
-- digits of version and variant become what they have to be. Stable, as convert_to is: otherwise it would not be inlined.
CREATE FUNCTION nephos_derived_id(stem text, facts text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT stem || translate(lower(encode(
    set_byte(set_byte(substr(sha256(convert_to(facts, 'UTF8')), 1, 12), 0, 128), 2, 0), 'base64') COLLATE "C"), 'ilou+/', '012345')
$$;

-- What tells one shape of a use from another: its owner, its place and what it is like. A number to group by.
CREATE FUNCTION nephos_usage_shape(account text, domain text, zone text, attributes jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended(account, hashtextextended(domain, hashtextextended(zone, jsonb_hash_extended(attributes, 0))))
$$;
