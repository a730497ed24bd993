-- A row that changes in none of its indexed columns is written into no index, if its page has room for the new version.
-- This index read state and time of the change, so that every change of every machine was written into all of them;
-- what looked by it, once in half a minute, reads the table.
DROP INDEX "VirtualMachine_unsettled_idx";
ALTER TABLE "VirtualMachine" SET (fillfactor = 70);
ALTER TABLE "Volume" SET (fillfactor = 70);
ALTER TABLE "Job" SET (fillfactor = 70);
ALTER TABLE "HostCapacity" SET (fillfactor = 70);
ALTER TABLE "StoragePoolCapacity" SET (fillfactor = 50);
