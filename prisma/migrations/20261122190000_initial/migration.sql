-- CreateEnum
CREATE TYPE "AgentKind" AS ENUM ('HOST', 'STORAGE');

-- CreateEnum
CREATE TYPE "VirtualMachineState" AS ENUM ('STOPPED', 'STARTING', 'RUNNING', 'STOPPING', 'MIGRATING', 'DESTROYED', 'EXPUNGING', 'ERROR', 'UNKNOWN', 'RESTORING');

-- CreateEnum
CREATE TYPE "DesiredPower" AS ENUM ('ON', 'OFF');

-- CreateEnum
CREATE TYPE "PowerState" AS ENUM ('ON', 'OFF', 'PAUSED', 'ABSENT');

-- CreateEnum
CREATE TYPE "AccountRole" AS ENUM ('ROOT_ADMIN', 'USER');

-- CreateEnum
CREATE TYPE "AccountState" AS ENUM ('ENABLED', 'DISABLED', 'LOCKED');

-- CreateEnum
CREATE TYPE "NetworkModel" AS ENUM ('BASIC', 'ADVANCED');

-- CreateEnum
CREATE TYPE "AllocationState" AS ENUM ('ENABLED', 'DISABLED');

-- CreateEnum
CREATE TYPE "Hypervisor" AS ENUM ('KVM', 'SIMULATOR');

-- CreateEnum
CREATE TYPE "HostLinkState" AS ENUM ('CONNECTING', 'UP', 'DISCONNECTED', 'ALERT', 'DOWN');

-- CreateEnum
CREATE TYPE "HostAdminState" AS ENUM ('ENABLED', 'DISABLED', 'PREPARE_FOR_MAINTENANCE', 'MAINTENANCE', 'ERROR_IN_MAINTENANCE');

-- CreateEnum
CREATE TYPE "TrafficType" AS ENUM ('PUBLIC', 'GUEST', 'MANAGEMENT', 'STORAGE');

-- CreateEnum
CREATE TYPE "StoragePoolScope" AS ENUM ('HOST', 'CLUSTER', 'ZONE');

-- CreateEnum
CREATE TYPE "StoragePoolType" AS ENUM ('LOCAL_DIRECTORY', 'SHARED_DIRECTORY');

-- CreateEnum
CREATE TYPE "StoragePoolState" AS ENUM ('ATTACHING', 'UP', 'DISABLED', 'ERROR');

-- CreateEnum
CREATE TYPE "ImageStoreState" AS ENUM ('ATTACHING', 'UP', 'ERROR');

-- CreateEnum
CREATE TYPE "JobStatus" AS ENUM ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLING', 'CANCELLED', 'STUCK');

-- CreateEnum
CREATE TYPE "ChangeOperation" AS ENUM ('CREATED', 'UPDATED', 'DELETED');

-- CreateEnum
CREATE TYPE "Audience" AS ENUM ('ACCOUNT', 'EVERYONE', 'OPERATOR');

-- CreateEnum
CREATE TYPE "ImageKind" AS ENUM ('TEMPLATE', 'ISO');

-- CreateEnum
CREATE TYPE "ImageFormat" AS ENUM ('QCOW2', 'RAW', 'ISO');

-- CreateEnum
CREATE TYPE "ImageReplicaState" AS ENUM ('NOT_DOWNLOADED', 'DOWNLOADING', 'READY', 'ERROR');

-- CreateEnum
CREATE TYPE "BaseImageState" AS ENUM ('COPYING', 'READY');

-- CreateEnum
CREATE TYPE "VolumeKind" AS ENUM ('ROOT', 'DATA');

-- CreateEnum
CREATE TYPE "VolumeState" AS ENUM ('ALLOCATED', 'CREATING', 'READY', 'ATTACHING', 'RESIZING', 'SNAPSHOTTING', 'MIGRATING', 'COPYING', 'UPLOADING', 'DESTROYED', 'EXPUNGING', 'EXPUNGED', 'ERROR');

-- CreateEnum
CREATE TYPE "UsageEventKind" AS ENUM ('VM_CREATE', 'VM_START', 'VM_STOP', 'VM_EXPUNGE', 'VOLUME_CREATE', 'VOLUME_DELETE', 'TEMPLATE_CREATE', 'TEMPLATE_DELETE', 'ISO_CREATE', 'ISO_DELETE');

-- CreateTable
CREATE TABLE "Agent" (
    "id" TEXT NOT NULL,
    "kind" "AgentKind" NOT NULL,
    "name" TEXT NOT NULL,
    "certificateHash" BYTEA NOT NULL,
    "certificateUntil" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),
    "softwareVersion" TEXT NOT NULL,
    "facts" JSONB,
    "zoneId" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AgentConnection" (
    "agentId" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "connectedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AgentConnection_pkey" PRIMARY KEY ("agentId")
);

-- CreateTable
CREATE TABLE "EnrolmentToken" (
    "tokenHash" BYTEA NOT NULL,
    "kind" "AgentKind" NOT NULL,
    "remainingUses" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "EnrolmentToken_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "PlatformSecret" (
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PlatformSecret_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "ServiceOffering" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "displayText" TEXT NOT NULL,
    "cpuCount" INTEGER NOT NULL,
    "cpuMhz" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ServiceOffering_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VirtualMachine" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" "VirtualMachineState" NOT NULL,
    "stateReason" TEXT,
    "desiredPower" "DesiredPower" NOT NULL,
    "observedPower" "PowerState",
    "observedAt" TIMESTAMPTZ(3),
    "serviceOfferingId" TEXT NOT NULL,
    "templateId" TEXT,
    "isoId" TEXT,
    "hostId" TEXT,
    "lastHostId" TEXT,
    "cpuCount" INTEGER NOT NULL,
    "cpuMhz" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "destroyedAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "VirtualMachine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MachineSample" (
    "virtualMachineId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cpuNanoseconds" BIGINT NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "diskReadBytes" BIGINT NOT NULL,
    "diskWriteBytes" BIGINT NOT NULL,
    "diskReads" BIGINT NOT NULL,
    "diskWrites" BIGINT NOT NULL,
    "networkRxBytes" BIGINT NOT NULL,
    "networkTxBytes" BIGINT NOT NULL,

    CONSTRAINT "MachineSample_pkey" PRIMARY KEY ("virtualMachineId","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "ConsoleToken" (
    "tokenHash" BYTEA NOT NULL,
    "virtualMachineId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ConsoleToken_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL,
    "parentId" TEXT,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "AccountRole" NOT NULL,
    "state" "AccountState" NOT NULL DEFAULT 'ENABLED',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "passwordHash" TEXT,
    "state" "AccountState" NOT NULL DEFAULT 'ENABLED',
    "failedSignIns" INTEGER NOT NULL DEFAULT 0,
    "lockedUntil" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UserSession" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "clientAddress" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UserSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SetupLink" (
    "tokenHash" BYTEA NOT NULL,
    "userId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SetupLink_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "Zone" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "networkModel" "NetworkModel" NOT NULL,
    "dns1" INET NOT NULL,
    "dns2" INET,
    "internalDns1" INET NOT NULL,
    "internalDns2" INET,
    "networkDomain" TEXT,
    "allocationState" "AllocationState" NOT NULL DEFAULT 'DISABLED',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Zone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Pod" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cidr" INET NOT NULL,
    "gateway" INET NOT NULL,
    "reservedStart" INET NOT NULL,
    "reservedEnd" INET NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Pod_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Cluster" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "podId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hypervisor" "Hypervisor" NOT NULL,
    "cpuOvercommit" DOUBLE PRECISION NOT NULL DEFAULT 4,
    "memoryOvercommit" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "allocationState" "AllocationState" NOT NULL DEFAULT 'ENABLED',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Host" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "podId" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hypervisor" "Hypervisor" NOT NULL,
    "linkState" "HostLinkState" NOT NULL DEFAULT 'CONNECTING',
    "linkStateSince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "adminState" "HostAdminState" NOT NULL DEFAULT 'ENABLED',
    "cpuCores" INTEGER NOT NULL,
    "cpuMhz" INTEGER NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "facts" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HostCapacity" (
    "hostId" TEXT NOT NULL,
    "cpuMhzTotal" INTEGER NOT NULL,
    "cpuMhzReserved" INTEGER NOT NULL DEFAULT 0,
    "memoryBytesTotal" BIGINT NOT NULL,
    "memoryBytesReserved" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "HostCapacity_pkey" PRIMARY KEY ("hostId")
);

-- CreateTable
CREATE TABLE "PhysicalNetwork" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PhysicalNetwork_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PhysicalNetworkTraffic" (
    "physicalNetworkId" TEXT NOT NULL,
    "trafficType" "TrafficType" NOT NULL,
    "label" TEXT NOT NULL,

    CONSTRAINT "PhysicalNetworkTraffic_pkey" PRIMARY KEY ("physicalNetworkId","trafficType")
);

-- CreateTable
CREATE TABLE "StoragePool" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "podId" TEXT,
    "clusterId" TEXT,
    "hostId" TEXT,
    "name" TEXT NOT NULL,
    "type" "StoragePoolType" NOT NULL,
    "scope" "StoragePoolScope" NOT NULL,
    "path" TEXT NOT NULL,
    "state" "StoragePoolState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StoragePool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoragePoolHost" (
    "poolId" TEXT NOT NULL,
    "hostId" TEXT NOT NULL,

    CONSTRAINT "StoragePoolHost_pkey" PRIMARY KEY ("poolId","hostId")
);

-- CreateTable
CREATE TABLE "StoragePoolCapacity" (
    "poolId" TEXT NOT NULL,
    "totalBytes" BIGINT NOT NULL,
    "usedBytes" BIGINT NOT NULL,
    "allocatedBytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "StoragePoolCapacity_pkey" PRIMARY KEY ("poolId")
);

-- CreateTable
CREATE TABLE "ImageStore" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "state" "ImageStoreState" NOT NULL,
    "totalBytes" BIGINT NOT NULL DEFAULT 0,
    "usedBytes" BIGINT NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ImageStore_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GuestNetwork" (
    "id" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "physicalNetworkId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "GuestNetwork_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GuestIpRange" (
    "id" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "podId" TEXT NOT NULL,
    "cidr" INET NOT NULL,
    "gateway" INET NOT NULL,
    "startIp" INET NOT NULL,
    "endIp" INET NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "GuestIpRange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GuestIpAddress" (
    "rangeId" TEXT NOT NULL,
    "address" INET NOT NULL,
    "nicId" TEXT,
    "releasedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "GuestIpAddress_pkey" PRIMARY KEY ("rangeId","address")
);

-- CreateTable
CREATE TABLE "Nic" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "virtualMachineId" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "ipAddress" INET,
    "macAddress" TEXT NOT NULL,
    "deviceIndex" INTEGER NOT NULL,
    "isDefault" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Nic_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "scopeId" TEXT NOT NULL DEFAULT '',
    "value" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key","scopeId")
);

-- CreateTable
CREATE TABLE "Job" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" "JobStatus" NOT NULL DEFAULT 'QUEUED',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "steps" JSONB NOT NULL,
    "outputs" JSONB NOT NULL DEFAULT '{}',
    "input" JSONB NOT NULL,
    "lane" TEXT NOT NULL,
    "targetKind" TEXT NOT NULL,
    "targetId" TEXT NOT NULL,
    "accountId" TEXT,
    "actorUserId" TEXT,
    "actorName" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseServerId" TEXT,
    "boundary" INTEGER NOT NULL DEFAULT 0,
    "cancelRequestedAt" TIMESTAMPTZ(3),
    "error" JSONB,
    "resultId" TEXT,
    "traceId" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServerInstance" (
    "id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leaseUntil" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ServerInstance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "userId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "inputHash" BYTEA NOT NULL,
    "answer" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("userId","key")
);

-- CreateTable
CREATE TABLE "ChangePending" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "operation" "ChangeOperation" NOT NULL,
    "version" INTEGER NOT NULL,
    "audience" "Audience" NOT NULL,
    "accountId" TEXT,

    CONSTRAINT "ChangePending_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Change" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "operation" "ChangeOperation" NOT NULL,
    "version" INTEGER NOT NULL,
    "audience" "Audience" NOT NULL,
    "accountId" TEXT,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("seq","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "actorUserId" TEXT,
    "actorName" TEXT NOT NULL,
    "accountId" TEXT,
    "clientAddress" TEXT,
    "targetKind" TEXT,
    "targetId" TEXT,
    "jobId" TEXT,
    "traceId" TEXT NOT NULL,
    "details" JSONB,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "BusMessage" (
    "id" BIGSERIAL NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BusMessage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DiskOffering" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "displayText" TEXT NOT NULL,
    "sizeBytes" BIGINT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DiskOffering_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT NOT NULL,
    "kind" "ImageKind" NOT NULL,
    "accountId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "displayText" TEXT NOT NULL,
    "format" "ImageFormat" NOT NULL,
    "url" TEXT,
    "checksum" TEXT,
    "isPublic" BOOLEAN NOT NULL DEFAULT false,
    "isBootable" BOOLEAN NOT NULL DEFAULT true,
    "sourceMachineId" TEXT,
    "removedAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Image_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImageReplica" (
    "imageId" TEXT NOT NULL,
    "imageStoreId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "state" "ImageReplicaState" NOT NULL DEFAULT 'NOT_DOWNLOADED',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "path" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,
    "virtualSizeBytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,

    CONSTRAINT "ImageReplica_pkey" PRIMARY KEY ("imageId","imageStoreId")
);

-- CreateTable
CREATE TABLE "BaseImage" (
    "imageId" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "state" "BaseImageState" NOT NULL,
    "sizeBytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "BaseImage_pkey" PRIMARY KEY ("imageId","poolId")
);

-- CreateTable
CREATE TABLE "Volume" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "poolId" TEXT NOT NULL,
    "virtualMachineId" TEXT,
    "diskOfferingId" TEXT,
    "imageId" TEXT,
    "kind" "VolumeKind" NOT NULL,
    "name" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "deviceIndex" INTEGER,
    "state" "VolumeState" NOT NULL DEFAULT 'ALLOCATED',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Volume_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageEventPending" (
    "id" TEXT NOT NULL,
    "kind" "UsageEventKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,

    CONSTRAINT "UsageEventPending_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsageEvent" (
    "seq" BIGINT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" "UsageEventKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,

    CONSTRAINT "UsageEvent_pkey" PRIMARY KEY ("seq","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "UsageCursor" (
    "reader" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "UsageCursor_pkey" PRIMARY KEY ("reader")
);

-- CreateTable
CREATE TABLE "UsageRecord" (
    "id" TEXT NOT NULL,
    "usageType" INTEGER NOT NULL,
    "accountId" TEXT NOT NULL,
    "domainId" TEXT NOT NULL,
    "zoneId" TEXT NOT NULL,
    "resourceId" TEXT NOT NULL,
    "resourceName" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "UsageRecord_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Agent_certificateHash_key" ON "Agent"("certificateHash");

-- CreateIndex
CREATE INDEX "Agent_zoneId_idx" ON "Agent"("zoneId");

-- CreateIndex
CREATE INDEX "AgentConnection_serverId_idx" ON "AgentConnection"("serverId");

-- CreateIndex
CREATE UNIQUE INDEX "ServiceOffering_name_key" ON "ServiceOffering"("name");

-- CreateIndex
CREATE INDEX "VirtualMachine_accountId_id_idx" ON "VirtualMachine"("accountId", "id");

-- CreateIndex
CREATE INDEX "VirtualMachine_zoneId_id_idx" ON "VirtualMachine"("zoneId", "id");

-- CreateIndex
CREATE INDEX "VirtualMachine_hostId_idx" ON "VirtualMachine"("hostId");

-- CreateIndex
CREATE INDEX "VirtualMachine_isoId_idx" ON "VirtualMachine"("isoId");

-- CreateIndex
CREATE INDEX "VirtualMachine_templateId_idx" ON "VirtualMachine"("templateId");

-- CreateIndex
CREATE INDEX "ConsoleToken_expiresAt_idx" ON "ConsoleToken"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Domain_path_key" ON "Domain"("path");

-- CreateIndex
CREATE UNIQUE INDEX "Account_domainId_name_key" ON "Account"("domainId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "User_username_key" ON "User"("username");

-- CreateIndex
CREATE UNIQUE INDEX "UserSession_tokenHash_key" ON "UserSession"("tokenHash");

-- CreateIndex
CREATE INDEX "UserSession_userId_idx" ON "UserSession"("userId");

-- CreateIndex
CREATE INDEX "UserSession_expiresAt_idx" ON "UserSession"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_tokenHash_key" ON "ApiKey"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_userId_name_key" ON "ApiKey"("userId", "name");

-- CreateIndex
CREATE INDEX "SetupLink_userId_idx" ON "SetupLink"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Zone_name_key" ON "Zone"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Pod_zoneId_name_key" ON "Pod"("zoneId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Cluster_podId_name_key" ON "Cluster"("podId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Host_agentId_key" ON "Host"("agentId");

-- CreateIndex
CREATE UNIQUE INDEX "Host_clusterId_name_key" ON "Host"("clusterId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "PhysicalNetwork_zoneId_name_key" ON "PhysicalNetwork"("zoneId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "StoragePool_zoneId_name_key" ON "StoragePool"("zoneId", "name");

-- CreateIndex
CREATE INDEX "StoragePoolHost_hostId_idx" ON "StoragePoolHost"("hostId");

-- CreateIndex
CREATE UNIQUE INDEX "ImageStore_zoneId_name_key" ON "ImageStore"("zoneId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "GuestNetwork_zoneId_name_key" ON "GuestNetwork"("zoneId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "GuestIpAddress_nicId_key" ON "GuestIpAddress"("nicId");

-- CreateIndex
CREATE UNIQUE INDEX "Nic_macAddress_key" ON "Nic"("macAddress");

-- CreateIndex
CREATE INDEX "Nic_networkId_idx" ON "Nic"("networkId");

-- CreateIndex
CREATE UNIQUE INDEX "Nic_virtualMachineId_deviceIndex_key" ON "Nic"("virtualMachineId", "deviceIndex");

-- CreateIndex
CREATE INDEX "Job_accountId_id_idx" ON "Job"("accountId", "id");

-- CreateIndex
CREATE INDEX "Job_targetId_id_idx" ON "Job"("targetId", "id");

-- CreateIndex
CREATE INDEX "IdempotencyKey_createdAt_idx" ON "IdempotencyKey"("createdAt");

-- CreateIndex
CREATE INDEX "Change_seq_idx" ON "Change"("seq");

-- CreateIndex
CREATE INDEX "AuditEvent_accountId_at_idx" ON "AuditEvent"("accountId", "at");

-- CreateIndex
CREATE INDEX "AuditEvent_targetId_at_idx" ON "AuditEvent"("targetId", "at");

-- CreateIndex
CREATE INDEX "BusMessage_createdAt_idx" ON "BusMessage"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "DiskOffering_name_key" ON "DiskOffering"("name");

-- CreateIndex
CREATE INDEX "Image_accountId_kind_idx" ON "Image"("accountId", "kind");

-- CreateIndex
CREATE INDEX "ImageReplica_zoneId_idx" ON "ImageReplica"("zoneId");

-- CreateIndex
CREATE INDEX "Volume_virtualMachineId_idx" ON "Volume"("virtualMachineId");

-- CreateIndex
CREATE INDEX "Volume_accountId_id_idx" ON "Volume"("accountId", "id");

-- CreateIndex
CREATE INDEX "Volume_poolId_idx" ON "Volume"("poolId");

-- CreateIndex
CREATE INDEX "Volume_imageId_idx" ON "Volume"("imageId");

-- CreateIndex
CREATE INDEX "UsageEvent_seq_idx" ON "UsageEvent"("seq");

-- CreateIndex
CREATE INDEX "UsageRecord_accountId_id_idx" ON "UsageRecord"("accountId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "UsageRecord_usageType_resourceId_startedAt_key" ON "UsageRecord"("usageType", "resourceId", "startedAt");

-- AddForeignKey
ALTER TABLE "AgentConnection" ADD CONSTRAINT "AgentConnection_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_serviceOfferingId_fkey" FOREIGN KEY ("serviceOfferingId") REFERENCES "ServiceOffering"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_templateId_fkey" FOREIGN KEY ("templateId") REFERENCES "Image"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_isoId_fkey" FOREIGN KEY ("isoId") REFERENCES "Image"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VirtualMachine" ADD CONSTRAINT "VirtualMachine_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConsoleToken" ADD CONSTRAINT "ConsoleToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Domain" ADD CONSTRAINT "Domain_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Domain"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_domainId_fkey" FOREIGN KEY ("domainId") REFERENCES "Domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UserSession" ADD CONSTRAINT "UserSession_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SetupLink" ADD CONSTRAINT "SetupLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Pod" ADD CONSTRAINT "Pod_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Cluster" ADD CONSTRAINT "Cluster_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Cluster" ADD CONSTRAINT "Cluster_podId_fkey" FOREIGN KEY ("podId") REFERENCES "Pod"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Host" ADD CONSTRAINT "Host_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Host" ADD CONSTRAINT "Host_podId_fkey" FOREIGN KEY ("podId") REFERENCES "Pod"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Host" ADD CONSTRAINT "Host_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Host" ADD CONSTRAINT "Host_agentId_fkey" FOREIGN KEY ("agentId") REFERENCES "Agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HostCapacity" ADD CONSTRAINT "HostCapacity_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PhysicalNetwork" ADD CONSTRAINT "PhysicalNetwork_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PhysicalNetworkTraffic" ADD CONSTRAINT "PhysicalNetworkTraffic_physicalNetworkId_fkey" FOREIGN KEY ("physicalNetworkId") REFERENCES "PhysicalNetwork"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoragePool" ADD CONSTRAINT "StoragePool_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoragePool" ADD CONSTRAINT "StoragePool_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoragePoolHost" ADD CONSTRAINT "StoragePoolHost_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "StoragePool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoragePoolHost" ADD CONSTRAINT "StoragePoolHost_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StoragePoolCapacity" ADD CONSTRAINT "StoragePoolCapacity_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "StoragePool"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageStore" ADD CONSTRAINT "ImageStore_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GuestNetwork" ADD CONSTRAINT "GuestNetwork_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GuestNetwork" ADD CONSTRAINT "GuestNetwork_physicalNetworkId_fkey" FOREIGN KEY ("physicalNetworkId") REFERENCES "PhysicalNetwork"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GuestIpRange" ADD CONSTRAINT "GuestIpRange_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "GuestNetwork"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GuestIpRange" ADD CONSTRAINT "GuestIpRange_podId_fkey" FOREIGN KEY ("podId") REFERENCES "Pod"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GuestIpAddress" ADD CONSTRAINT "GuestIpAddress_rangeId_fkey" FOREIGN KEY ("rangeId") REFERENCES "GuestIpRange"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Nic" ADD CONSTRAINT "Nic_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Nic" ADD CONSTRAINT "Nic_networkId_fkey" FOREIGN KEY ("networkId") REFERENCES "GuestNetwork"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Image" ADD CONSTRAINT "Image_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageReplica" ADD CONSTRAINT "ImageReplica_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImageReplica" ADD CONSTRAINT "ImageReplica_imageStoreId_fkey" FOREIGN KEY ("imageStoreId") REFERENCES "ImageStore"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BaseImage" ADD CONSTRAINT "BaseImage_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BaseImage" ADD CONSTRAINT "BaseImage_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "StoragePool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_zoneId_fkey" FOREIGN KEY ("zoneId") REFERENCES "Zone"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_poolId_fkey" FOREIGN KEY ("poolId") REFERENCES "StoragePool"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_virtualMachineId_fkey" FOREIGN KEY ("virtualMachineId") REFERENCES "VirtualMachine"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_diskOfferingId_fkey" FOREIGN KEY ("diskOfferingId") REFERENCES "DiskOffering"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Volume" ADD CONSTRAINT "Volume_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE SET NULL ON UPDATE CASCADE;
