-- CreateEnum
CREATE TYPE "LedgerEntryKind" AS ENUM ('CREDIT', 'STATEMENT', 'CREDIT_NOTE', 'PREPAYMENT', 'REFUND');

-- CreateEnum
CREATE TYPE "ArrearsStage" AS ENUM ('WARNED', 'GRACE', 'STOPPED', 'LOCKED', 'LIFTING');

-- CreateEnum
CREATE TYPE "NoticeKind" AS ENUM ('BALANCE_LOW', 'ARREARS_WARNED', 'ARREARS_GRACE', 'ARREARS_STOPPED', 'ARREARS_LOCKED', 'ARREARS_LIFTED', 'BUDGET_REACHED');

-- CreateEnum
CREATE TYPE "NoticeChannel" AS ENUM ('MAIL', 'WEBHOOK');

-- CreateEnum
CREATE TYPE "NoticeState" AS ENUM ('QUEUED', 'SENT', 'FAILED');

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "isInArrears" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "LedgerEntry" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL NOT NULL,
    "kind" "LedgerEntryKind" NOT NULL,
    "referenceId" TEXT NOT NULL,
    "month" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "actorUserId" TEXT,
    "actorName" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LedgerEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Balance" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "settled" DECIMAL NOT NULL DEFAULT 0,
    "alertedBelow" DECIMAL,
    "alertCount" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Balance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LiveCost" (
    "accountId" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "usageType" INTEGER NOT NULL,
    "zoneId" TEXT NOT NULL,
    "unitSize" DECIMAL NOT NULL,
    "rated" DECIMAL NOT NULL DEFAULT 0,
    "live" DECIMAL NOT NULL DEFAULT 0,
    "perHour" DECIMAL NOT NULL DEFAULT 0,

    CONSTRAINT "LiveCost_pkey" PRIMARY KEY ("accountId","month","currency","usageType","zoneId","unitSize")
);

-- CreateTable
CREATE TABLE "LiveCostRun" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "ratedUntil" TIMESTAMPTZ(3),
    "asOf" TIMESTAMPTZ(3),
    "requestedAt" TIMESTAMPTZ(3),

    CONSTRAINT "LiveCostRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QuotaPolicy" (
    "id" TEXT NOT NULL,
    "accountId" TEXT,
    "domainId" TEXT,
    "isEnforced" BOOLEAN NOT NULL DEFAULT true,
    "alertBelow" DECIMAL[],
    "graceAfterHours" INTEGER,
    "stopAfterHours" INTEGER,
    "lockAfterHours" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "QuotaPolicy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Arrears" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "stage" "ArrearsStage" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "jobId" TEXT NOT NULL,
    "hasLocked" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Arrears_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ArrearsStop" (
    "virtualMachineId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,

    CONSTRAINT "ArrearsStop_pkey" PRIMARY KEY ("virtualMachineId")
);

-- CreateTable
CREATE TABLE "Notice" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "kind" "NoticeKind" NOT NULL,
    "occasion" TEXT NOT NULL,
    "channel" "NoticeChannel" NOT NULL,
    "recipient" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "state" "NoticeState" NOT NULL DEFAULT 'QUEUED',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL,
    "sentAt" TIMESTAMPTZ(3),
    "problem" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NoticeContact" (
    "accountId" TEXT NOT NULL,
    "language" TEXT NOT NULL DEFAULT 'en',
    "emails" TEXT[],
    "webhookUrl" TEXT,
    "webhookSecret" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "NoticeContact_pkey" PRIMARY KEY ("accountId")
);

-- CreateIndex
CREATE INDEX "LedgerEntry_accountId_id_idx" ON "LedgerEntry"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "LedgerEntry_kind_referenceId_key" ON "LedgerEntry"("kind", "referenceId");

-- CreateIndex
CREATE INDEX "Balance_accountId_id_idx" ON "Balance"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Balance_accountId_currency_key" ON "Balance"("accountId", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "QuotaPolicy_accountId_key" ON "QuotaPolicy"("accountId");

-- CreateIndex
CREATE UNIQUE INDEX "QuotaPolicy_domainId_key" ON "QuotaPolicy"("domainId");

-- CreateIndex
CREATE UNIQUE INDEX "Arrears_accountId_key" ON "Arrears"("accountId");

-- CreateIndex
CREATE INDEX "ArrearsStop_accountId_idx" ON "ArrearsStop"("accountId");

-- CreateIndex
CREATE INDEX "Notice_accountId_id_idx" ON "Notice"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Notice_occasion_channel_recipient_key" ON "Notice"("occasion", "channel", "recipient");

-- AddForeignKey
ALTER TABLE "QuotaPolicy" ADD CONSTRAINT "QuotaPolicy_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "QuotaPolicy" ADD CONSTRAINT "QuotaPolicy_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Arrears" ADD CONSTRAINT "Arrears_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ArrearsStop" ADD CONSTRAINT "ArrearsStop_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NoticeContact" ADD CONSTRAINT "NoticeContact_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- A ledger is written once.
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON "LedgerEntry" FOR EACH ROW EXECUTE FUNCTION nephos_refuse_change();

INSERT INTO "LiveCostRun" ("id") VALUES (1);
ALTER TABLE "LiveCostRun" ADD CONSTRAINT "LiveCostRun_one_check" CHECK ("id" = 1);

ALTER TABLE "QuotaPolicy"
  ADD CONSTRAINT "QuotaPolicy_scope_check" CHECK (num_nonnulls("accountId", "domainId") = 1);

-- What is told of next.
CREATE INDEX "Notice_queued_idx" ON "Notice" ("nextAttemptAt") WHERE "state" = 'QUEUED';

DO $$
DECLARE
  tracked text;
BEGIN
  FOREACH tracked IN ARRAY ARRAY['Balance', 'Notice'] LOOP
    EXECUTE format('CREATE TRIGGER next_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_next_version()', tracked);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_track_owned(%L)', tracked, tracked);
  END LOOP;
END $$;
CREATE TRIGGER next_version BEFORE UPDATE ON "QuotaPolicy" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER next_version BEFORE UPDATE ON "NoticeContact" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER next_version BEFORE UPDATE ON "Arrears" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();

-- Arrears are shown with the balances that they are about.
CREATE FUNCTION nephos_touch_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Balance" SET "updatedAt" = now() WHERE "accountId" = coalesce(NEW."accountId", OLD."accountId");
  RETURN NULL;
END $$;
CREATE TRIGGER touch_balances AFTER INSERT OR UPDATE OR DELETE ON "Arrears" FOR EACH ROW EXECUTE FUNCTION nephos_touch_balances();
