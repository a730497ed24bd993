-- CreateEnum
CREATE TYPE "UsageExportKind" AS ENUM ('RECORDS', 'RATED_LINES', 'FOCUS');

-- CreateEnum
CREATE TYPE "UsageExportFormat" AS ENUM ('CSV', 'JSON_LINES', 'PARQUET');

-- CreateEnum
CREATE TYPE "UsageExportState" AS ENUM ('QUEUED', 'RUNNING', 'READY', 'FAILED');

-- CreateTable
CREATE TABLE "UsageExport" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "kind" "UsageExportKind" NOT NULL,
    "format" "UsageExportFormat" NOT NULL,
    "state" "UsageExportState" NOT NULL DEFAULT 'QUEUED',
    "coversFrom" TIMESTAMPTZ(3) NOT NULL,
    "coversUntil" TIMESTAMPTZ(3) NOT NULL,
    "ofAccountId" TEXT,
    "ofZoneId" TEXT,
    "ofUsageType" INTEGER,
    "ofResourceId" TEXT,
    "seesAll" BOOLEAN NOT NULL,
    "branchId" TEXT,
    "accountIds" TEXT[],
    "issuerName" TEXT NOT NULL,
    "mostBytes" BIGINT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "rowCount" BIGINT NOT NULL DEFAULT 0,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "problem" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UsageExport_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageExportPart" (
    "exportId" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "UsageExportPart_pkey" PRIMARY KEY ("exportId","position")
);

-- CreateIndex
CREATE INDEX "UsageExport_userId_id_idx" ON "UsageExport"("userId", "id");

-- CreateIndex
CREATE INDEX "UsageExport_expiresAt_idx" ON "UsageExport"("expiresAt");

-- AddForeignKey
ALTER TABLE "UsageExport" ADD CONSTRAINT "UsageExport_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsageExportPart" ADD CONSTRAINT "UsageExportPart_exportId_fkey" FOREIGN KEY ("exportId") REFERENCES "UsageExport"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- What the usage daemon asks for every few seconds.
CREATE INDEX "UsageExport_unfinished_idx" ON "UsageExport" ("id") WHERE "state" IN ('QUEUED', 'RUNNING');

ALTER TABLE "UsageExport" ADD CONSTRAINT "UsageExport_covers_check" CHECK ("coversFrom" <= "coversUntil");
