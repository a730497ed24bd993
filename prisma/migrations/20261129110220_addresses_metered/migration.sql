-- Addresses of machines that are metered already are metered from now on. A new kind of event cannot be told of in the
-- transaction that made it.
INSERT INTO "UsageEventPending" ("id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
SELECT nephos_derived_id('uevt_01m8kfg320'::text, nic."id"), 'IP_ADDRESS_TAKE', now(), nic."accountId", a."domainId", m."zoneId", nic."id",
  host(nic."ipAddress"), jsonb_build_object('networkId', nic."networkId")
FROM "Nic" nic
JOIN "VirtualMachine" m ON m."id" = nic."virtualMachineId"
JOIN "Account" a ON a."id" = nic."accountId"
WHERE nic."ipAddress" IS NOT NULL AND (m."lastHostId" IS NOT NULL OR (m."hostId" IS NOT NULL AND m."state" <> 'STARTING'));
