-- AlterTable
ALTER TABLE "ResourceLimit" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;
