-- CreateEnum
CREATE TYPE "ZoneDraftState" AS ENUM ('DRAFT', 'LAUNCHING', 'FAILED', 'LAUNCHED', 'DISCARDING', 'DISCARD_FAILED');

-- CreateTable
CREATE TABLE "ZoneDraft" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" "ZoneDraftState" NOT NULL DEFAULT 'DRAFT',
    "step" TEXT NOT NULL DEFAULT 'ZONE',
    "plan" JSONB NOT NULL,
    "sealedSecrets" BYTEA,
    "checks" JSONB NOT NULL DEFAULT '{}',
    "ids" JSONB,
    "done" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "jobId" TEXT,
    "createdBy" TEXT NOT NULL,
    "updatedBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ZoneDraft_pkey" PRIMARY KEY ("id")
);


-- What Prisma's schema language has no words for -----------------------------------------------------------------

CREATE TRIGGER next_version BEFORE UPDATE ON "ZoneDraft" FOR EACH ROW EXECUTE FUNCTION nephos_next_version();
CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON "ZoneDraft"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_shared('ZoneDraft', 'OPERATOR');
