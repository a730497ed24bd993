-- What runs of machines did is billed in the domain of their account, even when both are gone.
ALTER TABLE "MachineRun" ADD COLUMN "domainId" TEXT;
UPDATE "MachineRun" run SET "domainId" = a."domainId" FROM "Account" a WHERE a."id" = run."accountId";
DELETE FROM "MachineRun" WHERE "domainId" IS NULL;
ALTER TABLE "MachineRun" ALTER COLUMN "domainId" SET NOT NULL;

-- CreateTable
CREATE TABLE "EarlierDomain" (
    "id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "lineage" TEXT[],
    "deletedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EarlierDomain_pkey" PRIMARY KEY ("id")
);


-- What Prisma's schema language has no words for -----------------------------------------------------------------

-- What was used in a domain is rated, discounted and taxed by what is for those above it, also once it is gone.
CREATE FUNCTION nephos_keep_domain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "EarlierDomain" ("id", "path", "lineage") VALUES (OLD."id", OLD."path", OLD."lineage") ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_domain AFTER DELETE ON "Domain" FOR EACH ROW EXECUTE FUNCTION nephos_keep_domain();

-- The ids from ROOT down to a domain, whether it is still there or not; nothing for one that never was.
CREATE FUNCTION nephos_domain_lineage(domain text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT d."lineage" FROM "Domain" d WHERE d."id" = domain),
    (SELECT e."lineage" FROM "EarlierDomain" e WHERE e."id" = domain))
$$;
