-- Every change of a machine, a disk, a plug or a job runs these. One statement each: a function in SQL that is called
-- from one in PL/pgSQL starts an executor of its own for every row.
CREATE OR REPLACE FUNCTION nephos_track_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId", "lineage")
    VALUES (TG_ARGV[0], OLD."id", 'DELETED', OLD."version" + 1,
      CASE WHEN OLD."accountId" IS NULL THEN 'OPERATOR' ELSE 'ACCOUNT' END::"Audience", OLD."accountId", coalesce(
        (SELECT d."lineage" FROM "Account" a JOIN "Domain" d ON d."id" = a."domainId" WHERE a."id" = OLD."accountId"), '{}'));
  ELSE
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId", "lineage")
    VALUES (TG_ARGV[0], NEW."id", CASE TG_OP WHEN 'INSERT' THEN 'CREATED' ELSE 'UPDATED' END::"ChangeOperation", NEW."version",
      CASE WHEN NEW."accountId" IS NULL THEN 'OPERATOR' ELSE 'ACCOUNT' END::"Audience", NEW."accountId", coalesce(
        (SELECT d."lineage" FROM "Account" a JOIN "Domain" d ON d."id" = a."domainId" WHERE a."id" = NEW."accountId"), '{}'));
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION nephos_set_levels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT d."lineage"[2], d."lineage"[3], d."lineage"[4] INTO NEW."level2Id", NEW."level3Id", NEW."level4Id"
  FROM "Account" a JOIN "Domain" d ON d."id" = a."domainId" WHERE a."id" = NEW."accountId";
  RETURN NEW;
END $$;

-- What an index's condition reads counts as indexed: with the state in it, each change of a machine's state was written
-- into all of the table's indexes. A machine says since when it is destroyed.
UPDATE "VirtualMachine" SET "destroyedAt" = "updatedAt" WHERE "state" IN ('DESTROYED', 'EXPUNGING') AND "destroyedAt" IS NULL;
DROP INDEX "VirtualMachine_accountId_name_live_key";
CREATE UNIQUE INDEX "VirtualMachine_accountId_name_live_key" ON "VirtualMachine" ("accountId", "name") WHERE "destroyedAt" IS NULL;
