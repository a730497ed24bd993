-- Addresses that machines take and give back.
ALTER TYPE "UsageEventKind" ADD VALUE 'IP_ADDRESS_TAKE';
ALTER TYPE "UsageEventKind" ADD VALUE 'IP_ADDRESS_ASSIGN';
ALTER TYPE "UsageEventKind" ADD VALUE 'IP_ADDRESS_RELEASE';
