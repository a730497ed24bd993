-- What Prisma's schema language has no words for: triggers, functions, partial indexes, partitions.

-- Partitions ---------------------------------------------------------------------------------------------------

-- Makes the partitions of a table for every period that touches [from, until). Period: 'day' or 'month', UTC.
CREATE FUNCTION nephos_ensure_partitions(parent text, period text, since timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  step interval := ('1 ' || period)::interval;
  low timestamp := date_trunc(period, since AT TIME ZONE 'UTC');
  name text;
BEGIN
  WHILE low < until AT TIME ZONE 'UTC' LOOP
    name := parent || to_char(low, CASE period WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END);
    IF to_regclass(quote_ident(name)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        name, parent, low AT TIME ZONE 'UTC', (low + step) AT TIME ZONE 'UTC');
    END IF;
    low := low + step;
  END LOOP;
END $$;

-- Drops the partitions of a table whose whole period lies before a moment. Returns how many.
CREATE FUNCTION nephos_drop_partitions(parent text, period text, before timestamptz)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  mask text := CASE period WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END;
  child text;
  dropped int := 0;
BEGIN
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(quote_ident(parent))
  LOOP
    IF to_timestamp(substr(child, length(parent) + 2), mask)::timestamp + ('1 ' || period)::interval
       <= before AT TIME ZONE 'UTC' THEN
      EXECUTE format('DROP TABLE %I', child);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
END $$;

-- Numbers that only the sequencer takes (server/platform/change-feed/sequencer.ts).
CREATE SEQUENCE nephos_change_seq;
CREATE SEQUENCE nephos_usage_seq;

-- The change feed ----------------------------------------------------------------------------------------------

-- A row that changes gets the next version, whoever writes it: compare-and-set and clients rely on it.
CREATE FUNCTION nephos_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."version" := OLD."version" + 1;
  NEW."updatedAt" := now();
  RETURN NEW;
END $$;

-- Appends a change for a row that an account owns. Argument: the kind of resource.
CREATE FUNCTION nephos_track_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId")
    VALUES (TG_ARGV[0], OLD."id", 'DELETED', OLD."version" + 1,
      CASE WHEN OLD."accountId" IS NULL THEN 'OPERATOR' ELSE 'ACCOUNT' END::"Audience", OLD."accountId");
  ELSE
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId")
    VALUES (TG_ARGV[0], NEW."id", CASE TG_OP WHEN 'INSERT' THEN 'CREATED' ELSE 'UPDATED' END::"ChangeOperation", NEW."version",
      CASE WHEN NEW."accountId" IS NULL THEN 'OPERATOR' ELSE 'ACCOUNT' END::"Audience", NEW."accountId");
  END IF;
  RETURN NULL;
END $$;

-- Appends a change for a row that no account owns. Arguments: the kind of resource, its audience.
CREATE FUNCTION nephos_track_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience")
    VALUES (TG_ARGV[0], OLD."id", 'DELETED', OLD."version" + 1, TG_ARGV[1]::"Audience");
  ELSE
    INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience")
    VALUES (TG_ARGV[0], NEW."id", CASE TG_OP WHEN 'INSERT' THEN 'CREATED' ELSE 'UPDATED' END::"ChangeOperation", NEW."version",
      TG_ARGV[1]::"Audience");
  END IF;
  RETURN NULL;
END $$;

-- Appends a change for an image: everyone follows a public one.
CREATE FUNCTION nephos_track_image() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  image record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO "ChangePending" ("kind", "resourceId", "operation", "version", "audience", "accountId")
  VALUES (
    CASE image."kind"::text WHEN 'ISO' THEN 'Iso' ELSE 'Template' END,
    image."id",
    (CASE WHEN TG_OP = 'DELETE' OR image."removedAt" IS NOT NULL THEN 'DELETED'
      WHEN TG_OP = 'INSERT' THEN 'CREATED' ELSE 'UPDATED' END)::"ChangeOperation",
    image."version" + CASE TG_OP WHEN 'DELETE' THEN 1 ELSE 0 END,
    CASE WHEN image."isPublic" THEN 'EVERYONE' ELSE 'ACCOUNT' END::"Audience",
    image."accountId");
  RETURN NULL;
END $$;

-- A replica's progress is part of what is shown of its image.
CREATE FUNCTION nephos_touch_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Image" SET "updatedAt" = now() WHERE "id" = CASE TG_OP WHEN 'DELETE' THEN OLD."imageId" ELSE NEW."imageId" END;
  RETURN NULL;
END $$;

DO $$
DECLARE
  tracked record;
BEGIN
  FOR tracked IN
    SELECT * FROM (VALUES
      ('VirtualMachine', 'nephos_track_owned(''VirtualMachine'')'),
      ('Volume', 'nephos_track_owned(''Volume'')'),
      ('Nic', 'nephos_track_owned(''Nic'')'),
      ('Job', 'nephos_track_owned(''Job'')'),
      ('Image', 'nephos_track_image()'),
      ('Zone', 'nephos_track_shared(''Zone'', ''EVERYONE'')'),
      ('ServiceOffering', 'nephos_track_shared(''ServiceOffering'', ''EVERYONE'')'),
      ('DiskOffering', 'nephos_track_shared(''DiskOffering'', ''EVERYONE'')'),
      ('GuestNetwork', 'nephos_track_shared(''GuestNetwork'', ''EVERYONE'')'),
      ('Pod', 'nephos_track_shared(''Pod'', ''OPERATOR'')'),
      ('Cluster', 'nephos_track_shared(''Cluster'', ''OPERATOR'')'),
      ('Host', 'nephos_track_shared(''Host'', ''OPERATOR'')'),
      ('PhysicalNetwork', 'nephos_track_shared(''PhysicalNetwork'', ''OPERATOR'')'),
      ('GuestIpRange', 'nephos_track_shared(''GuestIpRange'', ''OPERATOR'')'),
      ('StoragePool', 'nephos_track_shared(''StoragePool'', ''OPERATOR'')'),
      ('ImageStore', 'nephos_track_shared(''ImageStore'', ''OPERATOR'')'),
      ('Agent', 'nephos_track_shared(''Agent'', ''OPERATOR'')'),
      ('Domain', 'nephos_track_shared(''Domain'', ''OPERATOR'')'),
      ('Account', 'nephos_track_shared(''Account'', ''OPERATOR'')'),
      ('User', 'nephos_track_shared(''User'', ''OPERATOR'')')
    ) AS t(name, func)
  LOOP
    EXECUTE format('CREATE TRIGGER next_version BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION nephos_next_version()', tracked.name);
    EXECUTE format('CREATE TRIGGER track_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION %s', tracked.name, tracked.func);
  END LOOP;
END $$;

CREATE TRIGGER touch_image AFTER INSERT OR UPDATE OR DELETE ON "ImageReplica" FOR EACH ROW EXECUTE FUNCTION nephos_touch_image();

-- Rules and access paths ---------------------------------------------------------------------------------------

-- A name is a host name on the account's network; a destroyed machine gives it free.
CREATE UNIQUE INDEX "VirtualMachine_accountId_name_live_key" ON "VirtualMachine" ("accountId", "name")
  WHERE "state" NOT IN ('DESTROYED', 'EXPUNGING');
CREATE INDEX "VirtualMachine_destroyedAt_idx" ON "VirtualMachine" ("destroyedAt") WHERE "destroyedAt" IS NOT NULL;

-- Free addresses of a range, longest unused first.
CREATE INDEX "GuestIpAddress_free_idx" ON "GuestIpAddress" ("rangeId", "releasedAt", "address") WHERE "nicId" IS NULL;

-- Work that is not done, in order, and by lane.
CREATE INDEX "Job_unfinished_idx" ON "Job" ("id") WHERE "status" IN ('QUEUED', 'RUNNING', 'CANCELLING');
CREATE INDEX "Job_lane_idx" ON "Job" ("lane", "id") WHERE "status" IN ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK');
CREATE INDEX "Job_finishedAt_idx" ON "Job" ("finishedAt") WHERE "finishedAt" IS NOT NULL;

-- Nothing is promised twice and nothing is given back twice.
ALTER TABLE "HostCapacity"
  ADD CONSTRAINT "HostCapacity_cpu_check" CHECK ("cpuMhzReserved" >= 0),
  ADD CONSTRAINT "HostCapacity_memory_check" CHECK ("memoryBytesReserved" >= 0);
ALTER TABLE "StoragePoolCapacity" ADD CONSTRAINT "StoragePoolCapacity_allocated_check" CHECK ("allocatedBytes" >= 0);

-- Open records, which the usage daemon closes.
CREATE INDEX "UsageRecord_open_idx" ON "UsageRecord" ("resourceId", "usageType") WHERE "endedAt" IS NULL;
