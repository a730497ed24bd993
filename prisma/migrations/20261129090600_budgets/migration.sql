-- CreateEnum
CREATE TYPE "BudgetMeasure" AS ENUM ('ACTUAL', 'FORECAST');

-- CreateTable
CREATE TABLE "CostDay" (
    "accountId" TEXT NOT NULL,
    "day" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "usageType" INTEGER NOT NULL,
    "zoneId" TEXT NOT NULL,
    "unitSize" DECIMAL NOT NULL,
    "amount" DECIMAL NOT NULL,

    CONSTRAINT "CostDay_pkey" PRIMARY KEY ("accountId","day","currency","usageType","zoneId","unitSize")
);

-- CreateTable
CREATE TABLE "CostDayRun" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "foldedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "CostDayRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Budget" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "domainId" TEXT,
    "tagKey" TEXT,
    "tagValue" TEXT,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL NOT NULL,
    "actualPercents" INTEGER[],
    "forecastPercents" INTEGER[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Budget_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BudgetAlert" (
    "budgetId" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "measure" "BudgetMeasure" NOT NULL,
    "percent" INTEGER NOT NULL,
    "amount" DECIMAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "BudgetAlert_pkey" PRIMARY KEY ("budgetId","month","measure","percent")
);

-- CreateIndex
CREATE INDEX "CostDay_day_idx" ON "CostDay"("day");

-- CreateIndex
CREATE INDEX "Budget_accountId_id_idx" ON "Budget"("accountId", "id");

-- CreateIndex
CREATE INDEX "Budget_domainId_idx" ON "Budget"("domainId");

-- CreateIndex
CREATE UNIQUE INDEX "Budget_accountId_name_key" ON "Budget"("accountId", "name");

-- AddForeignKey
ALTER TABLE "Budget" ADD CONSTRAINT "Budget_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Budget" ADD CONSTRAINT "Budget_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BudgetAlert" ADD CONSTRAINT "BudgetAlert_budgetId_fkey" FOREIGN KEY ("budgetId") REFERENCES "Budget"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

ALTER TABLE "Budget"
  ADD CONSTRAINT "Budget_amount_check" CHECK ("amount" > 0),
  ADD CONSTRAINT "Budget_tag_check" CHECK ("tagKey" IS NOT NULL OR "tagValue" IS NULL);
ALTER TABLE "CostDayRun" ADD CONSTRAINT "CostDayRun_id_check" CHECK ("id" = 1);
INSERT INTO "CostDayRun" DEFAULT VALUES;

CREATE TRIGGER next_version BEFORE UPDATE ON "Budget" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "Budget"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_owned('Budget');

-- What its account is told of shows with the budget.
CREATE FUNCTION nephos_track_budget_alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nephos_append_change('Budget', b."id", 'UPDATED', b."version", 'ACCOUNT', b."accountId",
    nephos_lineage_of_account(b."accountId"))
  FROM "Budget" b WHERE b."id" = NEW."budgetId";
  RETURN NULL;
END $$;
CREATE TRIGGER track_change AFTER INSERT ON "BudgetAlert" FOR EACH ROW EXECUTE FUNCTION nephos_track_budget_alert();
