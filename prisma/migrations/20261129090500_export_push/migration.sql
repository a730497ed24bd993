-- CreateEnum
CREATE TYPE "UsageExportRange" AS ENUM ('PREVIOUS_DAY', 'PREVIOUS_MONTH');

-- CreateEnum
CREATE TYPE "UsageExportDestination" AS ENUM ('FOLDER', 'S3', 'WEBHOOK');

-- CreateEnum
CREATE TYPE "UsageExportRunState" AS ENUM ('MAKING', 'SENDING', 'SENT', 'FAILED');

-- AlterEnum
ALTER TYPE "Audience" ADD VALUE 'USER';

-- AlterEnum
ALTER TYPE "UsageExportKind" ADD VALUE 'STATEMENTS';

-- AlterTable
ALTER TABLE "Change" ADD COLUMN     "userId" TEXT;

-- AlterTable
ALTER TABLE "ChangePending" ADD COLUMN     "userId" TEXT;

-- AlterTable
ALTER TABLE "UsageExport" ADD COLUMN     "scheduleId" TEXT,
ADD COLUMN     "schemaId" TEXT,
ADD COLUMN     "totalRows" BIGINT,
ADD COLUMN     "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "UsageExportSchedule" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "UsageExportKind" NOT NULL,
    "format" "UsageExportFormat" NOT NULL,
    "range" "UsageExportRange" NOT NULL,
    "ofAccountId" TEXT,
    "ofZoneId" TEXT,
    "ofUsageType" INTEGER,
    "cron" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "destination" "UsageExportDestination" NOT NULL,
    "target" JSONB NOT NULL,
    "secret" BYTEA,
    "nextRunAt" TIMESTAMPTZ(3),
    "problem" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UsageExportSchedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageExportRun" (
    "id" TEXT NOT NULL,
    "scheduleId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "exportId" TEXT,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "coversFrom" TIMESTAMPTZ(3) NOT NULL,
    "coversUntil" TIMESTAMPTZ(3) NOT NULL,
    "state" "UsageExportRunState" NOT NULL DEFAULT 'MAKING',
    "link" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL,
    "sentBytes" BIGINT NOT NULL DEFAULT 0,
    "upload" JSONB,
    "location" TEXT,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "rowCount" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "problem" TEXT,
    "finishedAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UsageExportRun_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "UsageExportSchedule_userId_id_idx" ON "UsageExportSchedule"("userId", "id");

-- CreateIndex
CREATE INDEX "UsageExportSchedule_nextRunAt_idx" ON "UsageExportSchedule"("nextRunAt");

-- CreateIndex
CREATE INDEX "UsageExportRun_userId_id_idx" ON "UsageExportRun"("userId", "id");

-- CreateIndex
CREATE INDEX "UsageExportRun_exportId_idx" ON "UsageExportRun"("exportId");

-- CreateIndex
CREATE UNIQUE INDEX "UsageExportRun_scheduleId_dueAt_key" ON "UsageExportRun"("scheduleId", "dueAt");

-- CreateIndex
CREATE INDEX "UsageExport_scheduleId_idx" ON "UsageExport"("scheduleId");

-- AddForeignKey
ALTER TABLE "UsageExportSchedule" ADD CONSTRAINT "UsageExportSchedule_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsageExportRun" ADD CONSTRAINT "UsageExportRun_scheduleId_fkey" FOREIGN KEY ("scheduleId") REFERENCES "UsageExportSchedule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsageExportRun" ADD CONSTRAINT "UsageExportRun_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsageExportRun" ADD CONSTRAINT "UsageExportRun_exportId_fkey" FOREIGN KEY ("exportId") REFERENCES "UsageExport"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsageExport" ADD CONSTRAINT "UsageExport_scheduleId_fkey" FOREIGN KEY ("scheduleId") REFERENCES "UsageExportSchedule"("id") ON DELETE SET NULL ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- What the usage daemon asks for every few seconds.
CREATE INDEX "UsageExportRun_unfinished_idx" ON "UsageExportRun" ("nextAttemptAt") WHERE "state" IN ('MAKING', 'SENDING');
-- What housekeeping asks for.
CREATE INDEX "UsageExportRun_finishedAt_idx" ON "UsageExportRun" ("finishedAt") WHERE "finishedAt" IS NOT NULL;

-- Appends a change for what one user alone sees. Argument: the kind of resource.
CREATE FUNCTION nephos_track_of_user() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "userId")
  VALUES (TG_ARGV[0], thing."id", nephos_operation(TG_OP)::"ChangeOperation",
    thing."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END, 'USER', thing."userId");
  RETURN NULL;
END $$;

DO $$
DECLARE
  personal text;
BEGIN
  FOREACH personal IN ARRAY ARRAY['UsageExport', 'UsageExportSchedule', 'UsageExportRun'] LOOP
    EXECUTE format('CREATE TRIGGER next_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_next_version()', personal);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_track_of_user(%L)', personal, personal);
  END LOOP;
END $$;
