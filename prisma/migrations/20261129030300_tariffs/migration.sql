-- CreateEnum
CREATE TYPE "TariffUnit" AS ENUM ('HOUR', 'DAY', 'MONTH', 'CPU_HOUR', 'CPU_MONTH', 'GIB_MEMORY_HOUR', 'GIB_MEMORY_MONTH', 'GIB_HOUR', 'GIB_MONTH', 'GIB', 'MILLION_OPERATIONS');

-- CreateTable
CREATE TABLE "Tariff" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "usageType" INTEGER NOT NULL,
    "charge" TEXT NOT NULL DEFAULT 'use',
    "currency" TEXT NOT NULL,
    "accountId" TEXT,
    "domainId" TEXT,
    "zoneId" TEXT,
    "offeringId" TEXT,
    "tagKey" TEXT,
    "tagValue" TEXT,
    "condition" TEXT,
    "endsAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Tariff_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TariffVersion" (
    "id" TEXT NOT NULL,
    "tariffId" TEXT NOT NULL,
    "validFrom" TIMESTAMPTZ(3) NOT NULL,
    "unit" "TariffUnit" NOT NULL,
    "tiers" JSONB NOT NULL,
    "includedUnits" BIGINT NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TariffVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RatedLine" (
    "id" TEXT NOT NULL,
    "periodStartsAt" TIMESTAMPTZ(3) NOT NULL,
    "recordId" TEXT NOT NULL,
    "usedAt" TIMESTAMPTZ(3) NOT NULL,
    "month" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "usageType" INTEGER NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "tariffId" TEXT NOT NULL,
    "tariffVersionId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "baseAmount" DECIMAL NOT NULL,
    "amount" DECIMAL NOT NULL,
    "unitSize" DECIMAL NOT NULL,

    CONSTRAINT "RatedLine_pkey" PRIMARY KEY ("id","periodStartsAt")
) PARTITION BY RANGE ("periodStartsAt");

-- CreateTable
CREATE TABLE "TariffTotal" (
    "accountId" TEXT NOT NULL,
    "tariffVersionId" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "baseAmount" DECIMAL NOT NULL,

    CONSTRAINT "TariffTotal_pkey" PRIMARY KEY ("accountId","tariffVersionId","month")
);

-- CreateIndex
CREATE UNIQUE INDEX "Tariff_name_key" ON "Tariff"("name");

-- CreateIndex
CREATE UNIQUE INDEX "TariffVersion_tariffId_validFrom_key" ON "TariffVersion"("tariffId", "validFrom");

-- CreateIndex
CREATE INDEX "RatedLine_accountId_id_idx" ON "RatedLine"("accountId", "id");

-- AddForeignKey
ALTER TABLE "TariffVersion" ADD CONSTRAINT "TariffVersion_tariffId_fkey" FOREIGN KEY ("tariffId") REFERENCES "Tariff"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

CREATE TRIGGER next_version BEFORE UPDATE ON "Tariff" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();

-- Prices change at whole hours, so that a period need not be cut more often than that.
ALTER TABLE "Tariff"
  ADD CONSTRAINT "Tariff_endsAt_check" CHECK (mod(extract(epoch FROM "endsAt"), 3600) = 0),
  ADD CONSTRAINT "Tariff_tag_check" CHECK ("tagKey" IS NOT NULL OR "tagValue" IS NULL);
ALTER TABLE "TariffVersion"
  ADD CONSTRAINT "TariffVersion_validFrom_check" CHECK (mod(extract(epoch FROM "validFrom"), 3600) = 0);

-- A price is never edited, and what was rated stays rated.
CREATE FUNCTION nephos_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON "TariffVersion" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE ON "RatedLine" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();

-- Tariffs with the version that is valid at a moment: for the usage daemon, which rates, and for the server, which says
-- beforehand what something will cost.
CREATE FUNCTION nephos_valid_tariffs(moment timestamptz)
RETURNS TABLE ("id" text, "usageType" int, "charge" text, "currency" text, "accountId" text, "domainId" text, "zoneId" text,
  "offeringId" text, "tagKey" text, "tagValue" text, "condition" text, "versionId" text, "unit" "TariffUnit", "tiers" jsonb,
  "includedUnits" bigint)
LANGUAGE sql STABLE AS $$
  SELECT t."id", t."usageType", t."charge", t."currency", t."accountId", t."domainId", t."zoneId", t."offeringId", t."tagKey",
    t."tagValue", t."condition", v."id", v."unit", v."tiers", v."includedUnits"
  FROM "Tariff" t
  CROSS JOIN LATERAL (SELECT * FROM "TariffVersion" v WHERE v."tariffId" = t."id" AND v."validFrom" <= moment
    ORDER BY v."validFrom" DESC LIMIT 1) v
  WHERE t."endsAt" IS NULL OR t."endsAt" > moment
  ORDER BY t."id"
$$;
