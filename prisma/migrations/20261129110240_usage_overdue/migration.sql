-- Usage that nobody sums up.
ALTER TYPE "AlertKind" ADD VALUE 'USAGE_OVERDUE';
