-- Where the days are those of a file's name. Files that there are keep the names that they had.
ALTER TABLE "UsageExport" ADD COLUMN "timeZone" TEXT NOT NULL DEFAULT 'UTC';
