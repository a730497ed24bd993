-- AlterTable
ALTER TABLE "Job" ADD COLUMN     "dismissedAt" TIMESTAMPTZ(3);

-- What somebody still has to look at is few among many.
CREATE INDEX "Job_undismissed_idx" ON "Job" ("actorUserId", "id")
  WHERE "status" IN ('FAILED', 'STUCK') AND "dismissedAt" IS NULL;

-- What failed before there was such a notice needs none.
UPDATE "Job" SET "dismissedAt" = "finishedAt" WHERE "status" = 'FAILED';
