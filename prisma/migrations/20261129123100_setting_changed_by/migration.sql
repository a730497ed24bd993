-- AlterTable
ALTER TABLE "Setting" ADD COLUMN     "changedByName" TEXT;

-- Who changed it last, as far as the audit log reaches back.
UPDATE "Setting" s SET "changedByName" = (
  SELECT e."actorName" FROM "AuditEvent" e
  WHERE e."action" = 'setting.update' AND e."outcome" = 'SUCCEEDED' AND e."targetId" = s."key"
  ORDER BY e."id" DESC LIMIT 1)
WHERE s."scopeId" = '';
