import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { scopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';

/** What the accounts of a domain and of those below were billed in a month, in one currency. */
export interface DomainSum {
  domainId: string;
  domainPath: string;
  currency: string;
  accountCount: number;
  statementCount: number;
  creditNoteCount: number;
  /** Decimal text. */
  usage: string;
  discount: string;
  tax: string;
  total: string;
}

/** Statements and credit notes of a month that an actor sees, for each domain that it sees: as accounts lay then. */
export async function readDomainSums(db: Database, actor: Actor, month: string): Promise<DomainSum[]> {
  const { rows } = await sql<DomainSum>`
    select branch."id" as "domainId", branch."path" as "domainPath", issued."currency",
      count(distinct issued."accountId")::int as "accountCount",
      count(*) filter (where issued."kind" = 'STATEMENT')::int as "statementCount",
      count(*) filter (where issued."kind" = 'CREDIT_NOTE')::int as "creditNoteCount",
      sum(issued."usage") as "usage", sum(issued."discount") as "discount", sum(issued."tax") as "tax",
      sum(issued."total") as "total"
    from (select * from "Statement" where "month" = ${month} and ${scopeOf(actor, 'Statement')}) as issued
    cross join jsonb_array_elements_text(issued."adjustments"->'lineage') as ancestor("id")
    join (select * from "Domain" where ${scopeOf(actor, 'Domain')}) as branch on branch."id" = ancestor."id"
    group by 1, 2, 3 order by 2, 3`.execute(db);
  return rows;
}
