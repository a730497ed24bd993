-- CreateEnum
CREATE TYPE "AccountType" AS ENUM ('ROOT_ADMIN', 'RESOURCE_ADMIN', 'DOMAIN_ADMIN', 'USER');

-- CreateEnum
CREATE TYPE "DomainState" AS ENUM ('ACTIVE', 'DELETING');

-- CreateEnum
CREATE TYPE "SignInMethod" AS ENUM ('PASSWORD', 'SETUP_LINK', 'OIDC', 'LDAP');

-- CreateEnum
CREATE TYPE "IdentityProviderKind" AS ENUM ('OIDC', 'LDAP');

-- CreateEnum
CREATE TYPE "LimitedResource" AS ENUM ('VIRTUAL_MACHINE', 'CPU', 'MEMORY', 'VOLUME', 'PRIMARY_STORAGE', 'SECONDARY_STORAGE', 'SNAPSHOT', 'TEMPLATE', 'NETWORK', 'PUBLIC_IP', 'PROJECT', 'BACKUP', 'API_KEY');

-- CreateEnum
CREATE TYPE "ProjectState" AS ENUM ('ACTIVE', 'SUSPENDED', 'DELETING');

-- CreateEnum
CREATE TYPE "ProjectRole" AS ENUM ('ADMIN', 'MEMBER', 'VIEWER');

-- AlterEnum
ALTER TYPE "Audience" ADD VALUE 'DOMAIN';

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "isDeleting" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "roleId" TEXT;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "allowedCidrs" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "lastUsedAddress" TEXT,
ADD COLUMN     "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "AuditEvent" ADD COLUMN     "apiKeyId" TEXT,
ADD COLUMN     "hash" BYTEA,
ADD COLUMN     "seq" BIGINT,
ADD COLUMN     "sessionId" TEXT;

-- AlterTable
ALTER TABLE "Change" ADD COLUMN     "lineage" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "ChangePending" ADD COLUMN     "lineage" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "ConsoleToken" ADD COLUMN     "apiKeyId" TEXT,
ADD COLUMN     "sessionId" TEXT;

-- AlterTable
ALTER TABLE "DiskOffering" ADD COLUMN     "domainIds" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "zoneIds" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Domain" ADD COLUMN     "lineage" TEXT[],
ADD COLUMN     "state" "DomainState" NOT NULL DEFAULT 'ACTIVE';

-- AlterTable
ALTER TABLE "Image" ADD COLUMN     "isFeatured" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "ServiceOffering" ADD COLUMN     "domainIds" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "zoneIds" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "displayName" TEXT,
ADD COLUMN     "email" TEXT,
ADD COLUMN     "externalId" TEXT,
ADD COLUMN     "identityProviderId" TEXT,
ADD COLUMN     "mustChangePassword" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "totpConfirmedAt" TIMESTAMPTZ(3),
ADD COLUMN     "totpLastStep" BIGINT,
ADD COLUMN     "totpSecret" BYTEA;

-- AlterTable
ALTER TABLE "UserSession" ADD COLUMN     "method" "SignInMethod" NOT NULL DEFAULT 'PASSWORD';

-- AlterTable
ALTER TABLE "VirtualMachine" ADD COLUMN     "level2Id" TEXT,
ADD COLUMN     "level3Id" TEXT,
ADD COLUMN     "level4Id" TEXT;

-- AlterTable
ALTER TABLE "Volume" ADD COLUMN     "level2Id" TEXT,
ADD COLUMN     "level3Id" TEXT,
ADD COLUMN     "level4Id" TEXT;

-- AlterTable
ALTER TABLE "Zone" ADD COLUMN     "dedicatedAccountId" TEXT,
ADD COLUMN     "dedicatedDomainId" TEXT;


-- CreateTable
CREATE TABLE "Role" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "accountType" "AccountType" NOT NULL,
    "isBuiltIn" BOOLEAN NOT NULL DEFAULT false,
    "rules" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);

-- The roles that every cloud has; their rules are in the code.
INSERT INTO "Role" ("id", "name", "description", "accountType", "isBuiltIn") VALUES
  ('role_00000000000000000000000001', 'Root Admin', 'Everything, for everybody.', 'ROOT_ADMIN', true),
  ('role_00000000000000000000000002', 'Root Admin (read-only)', 'Sees everything, changes nothing.', 'ROOT_ADMIN', true),
  ('role_00000000000000000000000003', 'Root Admin (support)', 'Sees everything, and helps tenants: starts and stops machines, opens consoles, handles jobs.', 'ROOT_ADMIN', true),
  ('role_00000000000000000000000004', 'Resource Admin', 'Runs the hardware: zones, hosts, storage, offerings.', 'RESOURCE_ADMIN', true),
  ('role_00000000000000000000000005', 'Resource Admin (read-only)', 'Sees the hardware, changes nothing.', 'RESOURCE_ADMIN', true),
  ('role_00000000000000000000000006', 'Resource Admin (support)', 'Sees the hardware, opens and closes zones, handles jobs.', 'RESOURCE_ADMIN', true),
  ('role_00000000000000000000000007', 'Domain Admin', 'Runs a domain and those below it: accounts, users, projects, limits, machines.', 'DOMAIN_ADMIN', true),
  ('role_00000000000000000000000008', 'Domain Admin (read-only)', 'Sees a domain and those below it, changes nothing.', 'DOMAIN_ADMIN', true),
  ('role_00000000000000000000000009', 'Domain Admin (support)', 'Sees a domain and those below it, and helps its tenants.', 'DOMAIN_ADMIN', true),
  ('role_00000000000000000000000010', 'User', 'Runs machines of its own.', 'USER', true);

-- What there is keeps its rights.
UPDATE "Account" SET "roleId" = CASE "role"::text WHEN 'ROOT_ADMIN' THEN 'role_00000000000000000000000001' ELSE 'role_00000000000000000000000010' END;
ALTER TABLE "Account" DROP COLUMN "role";
DROP TYPE "AccountRole";
WITH RECURSIVE tree AS (
  SELECT "id", ARRAY["id"] AS line FROM "Domain" WHERE "parentId" IS NULL
  UNION ALL
  SELECT d."id", t.line || d."id" FROM "Domain" d JOIN tree t ON d."parentId" = t."id"
)
UPDATE "Domain" d SET "lineage" = t.line FROM tree t WHERE t."id" = d."id";

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "codeHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("codeHash")
);

-- CreateTable
CREATE TABLE "SignInChallenge" (
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "method" "SignInMethod" NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SignInChallenge_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "IdentityProvider" (
    "id" TEXT NOT NULL,
    "kind" "IdentityProviderKind" NOT NULL,
    "name" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "configuration" JSONB NOT NULL,
    "secret" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdentityProvider_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdentityRoleMapping" (
    "providerId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "groupName" TEXT NOT NULL,
    "roleId" TEXT NOT NULL,
    "domainId" TEXT,

    CONSTRAINT "IdentityRoleMapping_pkey" PRIMARY KEY ("providerId","position")
);

-- CreateTable
CREATE TABLE "OidcFlow" (
    "stateHash" BYTEA NOT NULL,
    "providerId" TEXT NOT NULL,
    "browserHash" BYTEA NOT NULL,
    "nonce" TEXT NOT NULL,
    "codeVerifier" BYTEA NOT NULL,
    "returnTo" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OidcFlow_pkey" PRIMARY KEY ("stateHash")
);

-- CreateTable
CREATE TABLE "ResourceLimit" (
    "ownerId" TEXT NOT NULL,
    "resource" "LimitedResource" NOT NULL,
    "maximum" BIGINT NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ResourceLimit_pkey" PRIMARY KEY ("ownerId","resource")
);

-- CreateTable
CREATE TABLE "ResourceCount" (
    "accountId" TEXT NOT NULL,
    "resource" "LimitedResource" NOT NULL,
    "used" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "ResourceCount_pkey" PRIMARY KEY ("accountId","resource")
);

-- CreateTable
CREATE TABLE "AuditChainEnd" (
    "name" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "mac" BYTEA NOT NULL,

    CONSTRAINT "AuditChainEnd_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "creatorAccountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "displayText" TEXT NOT NULL,
    "state" "ProjectState" NOT NULL DEFAULT 'ACTIVE',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProjectMember" (
    "projectId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "role" "ProjectRole" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProjectMember_pkey" PRIMARY KEY ("projectId","accountId")
);

-- CreateTable
CREATE TABLE "ProjectInvitation" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "role" "ProjectRole" NOT NULL,
    "invitedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "ProjectInvitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImageGrant" (
    "imageId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,

    CONSTRAINT "ImageGrant_pkey" PRIMARY KEY ("imageId","accountId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Role_name_key" ON "Role"("name");

-- CreateIndex
CREATE INDEX "RecoveryCode_userId_idx" ON "RecoveryCode"("userId");

-- CreateIndex
CREATE INDEX "SignInChallenge_userId_idx" ON "SignInChallenge"("userId");

-- CreateIndex
CREATE INDEX "SignInChallenge_expiresAt_idx" ON "SignInChallenge"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "IdentityProvider_name_key" ON "IdentityProvider"("name");

-- CreateIndex
CREATE INDEX "IdentityRoleMapping_roleId_idx" ON "IdentityRoleMapping"("roleId");

-- CreateIndex
CREATE INDEX "OidcFlow_expiresAt_idx" ON "OidcFlow"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Project_accountId_key" ON "Project"("accountId");

-- CreateIndex
CREATE INDEX "Project_creatorAccountId_idx" ON "Project"("creatorAccountId");

-- CreateIndex
CREATE INDEX "ProjectMember_accountId_idx" ON "ProjectMember"("accountId");

-- CreateIndex
CREATE INDEX "ProjectInvitation_accountId_idx" ON "ProjectInvitation"("accountId");

-- CreateIndex
CREATE UNIQUE INDEX "ProjectInvitation_projectId_accountId_key" ON "ProjectInvitation"("projectId", "accountId");

-- CreateIndex
CREATE INDEX "ImageGrant_accountId_idx" ON "ImageGrant"("accountId");

-- CreateIndex
CREATE INDEX "Account_roleId_idx" ON "Account"("roleId");

-- CreateIndex
CREATE INDEX "AuditEvent_actorUserId_at_idx" ON "AuditEvent"("actorUserId", "at");

-- CreateIndex
CREATE INDEX "AuditEvent_seq_idx" ON "AuditEvent"("seq");

-- CreateIndex
CREATE INDEX "VirtualMachine_level2Id_id_idx" ON "VirtualMachine"("level2Id", "id");

-- CreateIndex
CREATE INDEX "VirtualMachine_level3Id_id_idx" ON "VirtualMachine"("level3Id", "id");

-- CreateIndex
CREATE INDEX "VirtualMachine_level4Id_id_idx" ON "VirtualMachine"("level4Id", "id");

-- CreateIndex
CREATE INDEX "Volume_level2Id_id_idx" ON "Volume"("level2Id", "id");

-- CreateIndex
CREATE INDEX "Volume_level3Id_id_idx" ON "Volume"("level3Id", "id");

-- CreateIndex
CREATE INDEX "Volume_level4Id_id_idx" ON "Volume"("level4Id", "id");

-- CreateIndex
CREATE INDEX "Domain_lineage_idx" ON "Domain" USING GIN ("lineage");

-- CreateIndex
CREATE INDEX "User_accountId_idx" ON "User"("accountId");

-- CreateIndex
CREATE UNIQUE INDEX "User_identityProviderId_externalId_key" ON "User"("identityProviderId", "externalId");

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_identityProviderId_fkey" FOREIGN KEY ("identityProviderId") REFERENCES "IdentityProvider"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SignInChallenge" ADD CONSTRAINT "SignInChallenge_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IdentityProvider" ADD CONSTRAINT "IdentityProvider_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IdentityRoleMapping" ADD CONSTRAINT "IdentityRoleMapping_providerId_fkey" FOREIGN KEY ("providerId") REFERENCES "IdentityProvider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IdentityRoleMapping" ADD CONSTRAINT "IdentityRoleMapping_roleId_fkey" FOREIGN KEY ("roleId") REFERENCES "Role"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OidcFlow" ADD CONSTRAINT "OidcFlow_providerId_fkey" FOREIGN KEY ("providerId") REFERENCES "IdentityProvider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ResourceCount" ADD CONSTRAINT "ResourceCount_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectMember" ADD CONSTRAINT "ProjectMember_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectMember" ADD CONSTRAINT "ProjectMember_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectInvitation" ADD CONSTRAINT "ProjectInvitation_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectInvitation" ADD CONSTRAINT "ProjectInvitation_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageGrant" ADD CONSTRAINT "ImageGrant_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageGrant" ADD CONSTRAINT "ImageGrant_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The change feed: who owns what, and in which domain ------------------------------------------------------------

ALTER TABLE "Domain" ALTER COLUMN "lineage" SET NOT NULL;

CREATE FUNCTION nephos_lineage_of_account(account text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT d."lineage" FROM "Account" a JOIN "Domain" d ON d."id" = a."domainId" WHERE a."id" = account
$$;

-- What there is most of knows the domains above its owner, so that a list of it is read in order for each of them.
CREATE FUNCTION nephos_set_levels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line text[] := nephos_lineage_of_account(NEW."accountId");
BEGIN
  NEW."level2Id" := line[2];
  NEW."level3Id" := line[3];
  NEW."level4Id" := line[4];
  RETURN NEW;
END $$;

-- What an account owns moves with it to another domain.
CREATE FUNCTION nephos_move_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "VirtualMachine" SET "accountId" = NEW."id" WHERE "accountId" = NEW."id";
  UPDATE "Volume" SET "accountId" = NEW."id" WHERE "accountId" = NEW."id";
  RETURN NULL;
END $$;

-- Lineages are written down in many rows: a domain stays where it is.
CREATE FUNCTION nephos_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% "%" cannot move in the domain tree', TG_TABLE_NAME, OLD."id";
END $$;

-- Appends one change for one audience. A version lower than the row's says nothing to a client that has it.
CREATE FUNCTION nephos_append_change(kind text, id text, operation text, version int, audience text, account text, line text[])
RETURNS void LANGUAGE sql AS $$
  INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId", "lineage")
  VALUES (kind, id, operation::"ChangeOperation", version, audience::"Audience", account, coalesce(line, '{}'))
$$;

CREATE FUNCTION nephos_operation(op text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE op WHEN 'INSERT' THEN 'CREATED' WHEN 'UPDATE' THEN 'UPDATED' ELSE 'DELETED' END
$$;

CREATE OR REPLACE FUNCTION nephos_track_owned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM nephos_append_change(
    TG_ARGV[0], thing."id", nephos_operation(TG_OP), thing."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
    CASE WHEN thing."accountId" IS NULL THEN 'OPERATOR' ELSE 'ACCOUNT' END,
    thing."accountId", nephos_lineage_of_account(thing."accountId"));
  RETURN NULL;
END $$;

-- An account is its own owner.
CREATE FUNCTION nephos_track_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM nephos_append_change(
    'Account', thing."id", nephos_operation(TG_OP), thing."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
    'ACCOUNT', thing."id", (SELECT d."lineage" FROM "Domain" d WHERE d."id" = thing."domainId"));
  RETURN NULL;
END $$;

-- Administrators of a domain, and of those above it, follow it.
CREATE FUNCTION nephos_track_domain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM nephos_append_change(
    'Domain', thing."id", nephos_operation(TG_OP), thing."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
    'ACCOUNT', NULL, thing."lineage");
  RETURN NULL;
END $$;

CREATE FUNCTION nephos_track_zone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  zone record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  version int := zone."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END;
BEGIN
  IF zone."dedicatedAccountId" IS NOT NULL THEN
    PERFORM nephos_append_change('Zone', zone."id", nephos_operation(TG_OP), version, 'ACCOUNT',
      zone."dedicatedAccountId", nephos_lineage_of_account(zone."dedicatedAccountId"));
  ELSIF zone."dedicatedDomainId" IS NOT NULL THEN
    PERFORM nephos_append_change('Zone', zone."id", nephos_operation(TG_OP), version, 'DOMAIN',
      NULL, (SELECT d."lineage" FROM "Domain" d WHERE d."id" = zone."dedicatedDomainId"));
  ELSE
    PERFORM nephos_append_change('Zone', zone."id", nephos_operation(TG_OP), version, 'EVERYONE', NULL, NULL);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION nephos_track_offering() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  offering record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  next int := offering."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END;
BEGIN
  IF offering."domainIds" = '{}' THEN
    PERFORM nephos_append_change(TG_ARGV[0], offering."id", nephos_operation(TG_OP), next, 'EVERYONE', NULL, NULL);
  ELSE
    PERFORM nephos_append_change(TG_ARGV[0], offering."id", nephos_operation(TG_OP), next, 'DOMAIN', NULL, d."lineage")
    FROM "Domain" d WHERE d."id" = ANY(offering."domainIds");
  END IF;
  RETURN NULL;
END $$;

-- Everyone follows a public image, those it was granted to a private one.
CREATE OR REPLACE FUNCTION nephos_track_image() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  image record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  kind text := CASE image."kind"::text WHEN 'ISO' THEN 'Iso' ELSE 'Template' END;
  operation text := CASE WHEN image."removedAt" IS NOT NULL THEN 'DELETED' ELSE nephos_operation(TG_OP) END;
  version int := image."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END;
BEGIN
  PERFORM nephos_append_change(kind, image."id", operation, version,
    CASE WHEN image."isPublic" THEN 'EVERYONE' ELSE 'ACCOUNT' END,
    image."accountId", nephos_lineage_of_account(image."accountId"));
  IF NOT image."isPublic" THEN
    -- To the account alone: administrators above it see what it owns, not what it was granted.
    PERFORM nephos_append_change(kind, image."id", operation, version, 'ACCOUNT', g."accountId", NULL)
    FROM "ImageGrant" g WHERE g."imageId" = image."id";
  END IF;
  RETURN NULL;
END $$;

-- Whom an image is no longer shared with is told that it is gone.
CREATE FUNCTION nephos_track_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM nephos_append_change(CASE i."kind"::text WHEN 'ISO' THEN 'Iso' ELSE 'Template' END, i."id", 'DELETED',
    i."version", 'ACCOUNT', OLD."accountId", nephos_lineage_of_account(OLD."accountId"))
  FROM "Image" i WHERE i."id" = OLD."imageId" AND NOT i."isPublic";
  RETURN NULL;
END $$;

CREATE FUNCTION nephos_touch_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Project" SET "updatedAt" = now()
  WHERE "id" = CASE TG_OP WHEN 'DELETE' THEN OLD."projectId" ELSE NEW."projectId" END;
  RETURN NULL;
END $$;

DO $$
DECLARE
  tracked record;
BEGIN
  FOR tracked IN
    SELECT * FROM (VALUES
      ('Zone', 'nephos_track_zone()'),
      ('ServiceOffering', 'nephos_track_offering(''ServiceOffering'')'),
      ('DiskOffering', 'nephos_track_offering(''DiskOffering'')'),
      ('Domain', 'nephos_track_domain()'),
      ('Account', 'nephos_track_account()'),
      ('User', 'nephos_track_owned(''User'')')
    ) AS t(name, func)
  LOOP
    EXECUTE format('DROP TRIGGER track_change ON %I', tracked.name);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION %s', tracked.name, tracked.func);
  END LOOP;
  FOR tracked IN
    SELECT * FROM (VALUES
      ('Project', 'nephos_track_owned(''Project'')'),
      ('Role', 'nephos_track_shared(''Role'', ''OPERATOR'')'),
      ('IdentityProvider', 'nephos_track_shared(''IdentityProvider'', ''OPERATOR'')')
    ) AS t(name, func)
  LOOP
    EXECUTE format('CREATE TRIGGER next_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_next_version()', tracked.name);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION %s', tracked.name, tracked.func);
  END LOOP;
END $$;

CREATE TRIGGER refuse_move BEFORE UPDATE OF "lineage" ON "Domain" FOR EACH ROW
  WHEN (OLD."lineage" IS DISTINCT FROM NEW."lineage") EXECUTE FUNCTION nephos_refuse_move();
CREATE TRIGGER move_account AFTER UPDATE OF "domainId" ON "Account" FOR EACH ROW
  WHEN (OLD."domainId" IS DISTINCT FROM NEW."domainId") EXECUTE FUNCTION nephos_move_account();

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['VirtualMachine', 'Volume'] LOOP
    EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', owned);
    EXECUTE format('UPDATE %I SET ("level2Id", "level3Id", "level4Id") =
      (SELECT d."lineage"[2], d."lineage"[3], d."lineage"[4] FROM "Account" a JOIN "Domain" d ON d."id" = a."domainId" WHERE a."id" = "accountId")', owned);
    EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', owned);
    EXECUTE format('CREATE TRIGGER set_levels BEFORE INSERT OR UPDATE OF "accountId", "level2Id", "level3Id", "level4Id" ON %I FOR EACH ROW EXECUTE FUNCTION nephos_set_levels()', owned);
  END LOOP;
END $$;

CREATE TRIGGER track_change AFTER INSERT OR DELETE ON "ProjectInvitation"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_owned('ProjectInvitation');
CREATE TRIGGER touch_project AFTER INSERT OR UPDATE OR DELETE ON "ProjectMember"
  FOR EACH ROW EXECUTE FUNCTION nephos_touch_project();
CREATE TRIGGER touch_image AFTER INSERT OR DELETE ON "ImageGrant"
  FOR EACH ROW EXECUTE FUNCTION nephos_touch_image();
-- After touch_image, by its name: with the version that made.
CREATE TRIGGER track_revocation AFTER DELETE ON "ImageGrant"
  FOR EACH ROW EXECUTE FUNCTION nephos_track_revocation();
CREATE TRIGGER touch_project AFTER INSERT OR DELETE ON "ProjectInvitation"
  FOR EACH ROW EXECUTE FUNCTION nephos_touch_project();

-- Rules and access paths -----------------------------------------------------------------------------------------

-- Nothing is counted twice and nothing is given back twice.
ALTER TABLE "ResourceCount" ADD CONSTRAINT "ResourceCount_used_check" CHECK ("used" >= 0);
ALTER TABLE "ResourceLimit" ADD CONSTRAINT "ResourceLimit_maximum_check" CHECK ("maximum" >= -1);

-- What is to be sealed, in order.
CREATE INDEX "AuditEvent_unsealed_idx" ON "AuditEvent" ("id") WHERE "seq" IS NULL;

-- What there is, counted.
INSERT INTO "ResourceCount" ("accountId", "resource", "used")
SELECT "accountId", resource::"LimitedResource", amount FROM (
  SELECT "accountId", 'VIRTUAL_MACHINE' AS resource, count(*) AS amount FROM "VirtualMachine"
    WHERE "hostId" IS NOT NULL OR "lastHostId" IS NOT NULL GROUP BY 1
  UNION ALL SELECT "accountId", 'CPU', sum("cpuCount") FROM "VirtualMachine"
    WHERE "hostId" IS NOT NULL OR "lastHostId" IS NOT NULL GROUP BY 1
  UNION ALL SELECT "accountId", 'MEMORY', sum("memoryBytes") FROM "VirtualMachine"
    WHERE "hostId" IS NOT NULL OR "lastHostId" IS NOT NULL GROUP BY 1
  UNION ALL SELECT "accountId", 'VOLUME', count(*) FROM "Volume" GROUP BY 1
  UNION ALL SELECT "accountId", 'PRIMARY_STORAGE', sum("sizeBytes") FROM "Volume" GROUP BY 1
  UNION ALL SELECT "accountId", 'TEMPLATE', count(*) FROM "Image" WHERE "removedAt" IS NULL GROUP BY 1
  UNION ALL SELECT "accountId", 'SECONDARY_STORAGE', sum("sizeBytes") FROM "ImageReplica" r
    JOIN "Image" i ON i."id" = r."imageId" WHERE i."removedAt" IS NULL GROUP BY 1
  UNION ALL SELECT u."accountId", 'API_KEY', count(*) FROM "ApiKey" k JOIN "User" u ON u."id" = k."userId" GROUP BY 1
) AS counted;
