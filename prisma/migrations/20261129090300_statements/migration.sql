-- CreateEnum
CREATE TYPE "StatementKind" AS ENUM ('STATEMENT', 'CREDIT_NOTE');

-- CreateEnum
CREATE TYPE "StatementLineKind" AS ENUM ('USAGE', 'DISCOUNT', 'TAX');

-- CreateTable
CREATE TABLE "Statement" (
    "id" TEXT NOT NULL,
    "kind" "StatementKind" NOT NULL,
    "year" INTEGER NOT NULL,
    "serial" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "correctsId" TEXT,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "timeZone" TEXT NOT NULL,
    "ratedUntil" TIMESTAMPTZ(3) NOT NULL,
    "parties" JSONB NOT NULL,
    "adjustments" JSONB NOT NULL,
    "usage" DECIMAL NOT NULL,
    "discount" DECIMAL NOT NULL,
    "tax" DECIMAL NOT NULL,
    "total" DECIMAL NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "issuedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Statement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StatementLine" (
    "statementId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "StatementLineKind" NOT NULL,
    "label" TEXT NOT NULL,
    "usageType" INTEGER,
    "tariffVersionId" TEXT,
    "zoneId" TEXT,
    "zoneName" TEXT,
    "resourceCount" INTEGER,
    "unit" "TariffUnit",
    "baseAmount" DECIMAL,
    "unitSize" DECIMAL,
    "price" JSONB,
    "adjustmentId" TEXT,
    "percent" DECIMAL(8,4),
    "base" DECIMAL,
    "amount" DECIMAL NOT NULL,

    CONSTRAINT "StatementLine_pkey" PRIMARY KEY ("statementId","position")
);

-- CreateTable
CREATE TABLE "StatementNumber" (
    "kind" "StatementKind" NOT NULL,
    "year" INTEGER NOT NULL,
    "last" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "StatementNumber_pkey" PRIMARY KEY ("kind","year")
);

-- CreateTable
CREATE TABLE "StatementMonth" (
    "month" TEXT NOT NULL,
    "ratedUntil" TIMESTAMPTZ(3) NOT NULL,
    "issuedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "StatementMonth_pkey" PRIMARY KEY ("month")
);

-- CreateIndex
CREATE UNIQUE INDEX "Statement_number_key" ON "Statement"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Statement_kind_year_serial_key" ON "Statement"("kind", "year", "serial");

-- CreateIndex
CREATE INDEX "Statement_accountId_id_idx" ON "Statement"("accountId", "id");

-- CreateIndex
CREATE INDEX "Statement_month_domainId_idx" ON "Statement"("month", "domainId");

-- CreateIndex
CREATE INDEX "Statement_correctsId_idx" ON "Statement"("correctsId");

-- AddForeignKey
ALTER TABLE "Statement" ADD CONSTRAINT "Statement_correctsId_fkey" FOREIGN KEY ("correctsId") REFERENCES "Statement"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StatementLine" ADD CONSTRAINT "StatementLine_statementId_fkey" FOREIGN KEY ("statementId") REFERENCES "Statement"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- One for each account, month and currency; all that follows corrects it.
CREATE UNIQUE INDEX "Statement_month_key" ON "Statement" ("accountId", "month", "currency") WHERE "kind" = 'STATEMENT';

ALTER TABLE "Statement"
  ADD CONSTRAINT "Statement_corrects_check" CHECK (("kind" = 'CREDIT_NOTE') = ("correctsId" IS NOT NULL)),
  ADD CONSTRAINT "Statement_total_check" CHECK ("total" = "usage" + "discount" + "tax");

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON "Statement" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON "StatementLine" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();

-- A statement is whole from the beginning: in the transaction that issues it, and in no other, lines are added.
CREATE FUNCTION nephos_refuse_later_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "Statement" WHERE "id" = NEW."statementId" AND xmin = pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'statement % was issued: no line is added to it', NEW."statementId";
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER never_added AFTER INSERT ON "StatementLine" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_later_line();

CREATE TRIGGER track_change AFTER INSERT ON "Statement" FOR EACH ROW EXECUTE FUNCTION nephos_track_owned('Statement');
