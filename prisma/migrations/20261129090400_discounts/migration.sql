-- CreateEnum
CREATE TYPE "AdjustmentKind" AS ENUM ('DISCOUNT', 'TAX');

-- CreateTable
CREATE TABLE "PriceAdjustment" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" "AdjustmentKind" NOT NULL,
    "label" TEXT NOT NULL,
    "percent" DECIMAL(8,4) NOT NULL,
    "usageTypes" INTEGER[],
    "accountId" TEXT,
    "domainId" TEXT,
    "validFrom" TEXT NOT NULL,
    "validUntil" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PriceAdjustment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PrepaidTerm" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "virtualMachineId" TEXT NOT NULL,
    "virtualMachineName" TEXT NOT NULL,
    "months" INTEGER NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "monthPrice" DECIMAL NOT NULL,
    "discountPercent" DECIMAL(8,4) NOT NULL,
    "price" DECIMAL NOT NULL,
    "renewsAutomatically" BOOLEAN NOT NULL DEFAULT false,
    "renewalProblem" TEXT,
    "endedAt" TIMESTAMPTZ(3),
    "refund" DECIMAL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PrepaidTerm_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PrepaidCover" (
    "termId" TEXT NOT NULL,
    "usageType" INTEGER NOT NULL,
    "charge" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "tariffId" TEXT NOT NULL,
    "cpuCount" INTEGER,
    "memoryBytes" BIGINT,
    "sizeBytes" BIGINT,

    CONSTRAINT "PrepaidCover_pkey" PRIMARY KEY ("termId","usageType","resourceId","charge")
);

-- CreateIndex
CREATE UNIQUE INDEX "PriceAdjustment_name_key" ON "PriceAdjustment"("name");

-- CreateIndex
CREATE INDEX "PrepaidTerm_accountId_id_idx" ON "PrepaidTerm"("accountId", "id");

-- CreateIndex
CREATE INDEX "PrepaidTerm_virtualMachineId_idx" ON "PrepaidTerm"("virtualMachineId");

-- CreateIndex
CREATE INDEX "PrepaidTerm_startsAt_idx" ON "PrepaidTerm"("startsAt");

-- CreateIndex
CREATE INDEX "PrepaidTerm_endsAt_idx" ON "PrepaidTerm"("endsAt");

-- CreateIndex
CREATE INDEX "PrepaidCover_resourceId_idx" ON "PrepaidCover"("resourceId");

-- AddForeignKey
ALTER TABLE "PrepaidCover" ADD CONSTRAINT "PrepaidCover_termId_fkey" FOREIGN KEY ("termId") REFERENCES "PrepaidTerm"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

ALTER TABLE "PriceAdjustment"
  ADD CONSTRAINT "PriceAdjustment_percent_check" CHECK ("percent" >= 0 AND ("kind" = 'TAX' OR "percent" <= 100)),
  ADD CONSTRAINT "PriceAdjustment_scope_check" CHECK ("accountId" IS NULL OR "domainId" IS NULL),
  ADD CONSTRAINT "PriceAdjustment_month_check" CHECK ("validFrom" ~ '^\d{4}-\d{2}$' AND "validUntil" ~ '^\d{4}-\d{2}$');
ALTER TABLE "PrepaidTerm"
  ADD CONSTRAINT "PrepaidTerm_months_check" CHECK ("months" BETWEEN 1 AND 36),
  ADD CONSTRAINT "PrepaidTerm_order_check" CHECK ("startsAt" <= "endsAt"),
  ADD CONSTRAINT "PrepaidTerm_refund_check" CHECK ("refund" BETWEEN 0 AND "price");

CREATE TRIGGER next_version BEFORE UPDATE ON "PriceAdjustment" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER next_version BEFORE UPDATE ON "PrepaidTerm" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();

-- What statements were made from stays as it was: a rule ends, and another one follows.
CREATE TRIGGER never_changed BEFORE UPDATE ON "PriceAdjustment" FOR EACH ROW
  WHEN ((OLD."kind", OLD."label", OLD."percent", OLD."usageTypes", OLD."accountId", OLD."domainId", OLD."validFrom")
    IS DISTINCT FROM (NEW."kind", NEW."label", NEW."percent", NEW."usageTypes", NEW."accountId", NEW."domainId", NEW."validFrom"))
  EXECUTE FUNCTION nephos_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON "PriceAdjustment" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE ON "PrepaidCover" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();

-- What may be for one account, for a branch, or for all: whoever sees it follows it. Argument: the kind of resource.
CREATE FUNCTION nephos_track_scoped() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  next int := thing."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END;
BEGIN
  IF thing."accountId" IS NOT NULL THEN
    PERFORM nephos_append_change(TG_ARGV[0], thing."id", nephos_operation(TG_OP), next, 'ACCOUNT', thing."accountId",
      nephos_lineage_of_account(thing."accountId"));
  ELSIF thing."domainId" IS NOT NULL THEN
    PERFORM nephos_append_change(TG_ARGV[0], thing."id", nephos_operation(TG_OP), next, 'DOMAIN', NULL,
      (SELECT d."lineage" FROM "Domain" d WHERE d."id" = thing."domainId"));
  ELSE
    PERFORM nephos_append_change(TG_ARGV[0], thing."id", nephos_operation(TG_OP), next, 'EVERYONE', NULL, NULL);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "Tariff" FOR EACH ROW EXECUTE FUNCTION nephos_track_scoped('Tariff');
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "PriceAdjustment" FOR EACH ROW
  EXECUTE FUNCTION nephos_track_scoped('PriceAdjustment');
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "PrepaidTerm" FOR EACH ROW EXECUTE FUNCTION nephos_track_owned('PrepaidTerm');

-- Discounts and taxes of a billing month, for whoever makes its statements.
CREATE FUNCTION nephos_valid_adjustments(month text)
RETURNS TABLE ("id" text, "kind" "AdjustmentKind", "label" text, "percent" text, "usageTypes" int[], "accountId" text, "domainId" text)
LANGUAGE sql STABLE AS $$
  SELECT a."id", a."kind", a."label", a."percent"::text, a."usageTypes", a."accountId", a."domainId"
  FROM "PriceAdjustment" a
  WHERE a."validFrom" <= month AND (a."validUntil" IS NULL OR a."validUntil" > month)
  ORDER BY a."id"
$$;
