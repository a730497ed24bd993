-- An offering that is no longer offered stays with the machines and disks that have it; its name is free again.
ALTER TABLE "ServiceOffering" ADD COLUMN "removedAt" TIMESTAMPTZ(3);
ALTER TABLE "DiskOffering" ADD COLUMN "removedAt" TIMESTAMPTZ(3);
DROP INDEX "ServiceOffering_name_key";
DROP INDEX "DiskOffering_name_key";
CREATE UNIQUE INDEX "ServiceOffering_name_offered_key" ON "ServiceOffering" ("name") WHERE "removedAt" IS NULL;
CREATE UNIQUE INDEX "DiskOffering_name_offered_key" ON "DiskOffering" ("name") WHERE "removedAt" IS NULL;

CREATE OR REPLACE FUNCTION nephos_track_offering() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  offering record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  operation text := CASE WHEN offering."removedAt" IS NOT NULL THEN 'DELETED' ELSE nephos_operation(TG_OP) END;
  next int := offering."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END;
BEGIN
  IF offering."domainIds" = '{}' THEN
    PERFORM nephos_append_change(TG_ARGV[0], offering."id", operation, next, 'EVERYONE', NULL, NULL);
  ELSE
    PERFORM nephos_append_change(TG_ARGV[0], offering."id", operation, next, 'DOMAIN', NULL, d."lineage")
    FROM "Domain" d WHERE d."id" = ANY(offering."domainIds");
  END IF;
  RETURN NULL;
END $$;
