-- CreateEnum
CREATE TYPE "CapacityResource" AS ENUM ('CPU', 'MEMORY', 'STORAGE_PROMISED', 'STORAGE_USED', 'SECONDARY_STORAGE', 'GUEST_ADDRESSES');

-- CreateEnum
CREATE TYPE "CapacityTrendKind" AS ENUM ('RISING', 'FLAT', 'FALLING', 'UNSTEADY', 'TOO_SHORT');

-- AlterTable
ALTER TABLE "ServerInstance" ADD COLUMN     "softwareVersion" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "CapacitySample" (
    "scopeId" TEXT NOT NULL,
    "resource" "CapacityResource" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,

    CONSTRAINT "CapacitySample_pkey" PRIMARY KEY ("scopeId","resource","at")
);

-- CreateTable
CREATE TABLE "CapacityTrend" (
    "scopeId" TEXT NOT NULL,
    "resource" "CapacityResource" NOT NULL,
    "kind" "CapacityTrendKind" NOT NULL,
    "perDay" DOUBLE PRECISION NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CapacityTrend_pkey" PRIMARY KEY ("scopeId","resource")
);

-- CreateIndex
CREATE INDEX "CapacitySample_at_idx" ON "CapacitySample"("at");
