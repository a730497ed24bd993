import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Everything that `/metrics` shows of one server. */
export class Metrics {
  readonly registry = new Registry();

  readonly statements = this.#counter('nephos_sql_statements_total', 'SQL statements run.');
  readonly statementSeconds = this.#histogram('nephos_sql_seconds', 'Time of SQL statements.');
  readonly requestSeconds = this.#histogram('nephos_graphql_seconds', 'Time of GraphQL operations.', [
    'kind',
    'outcome',
  ]);
  readonly jobsFinished = this.#counter('nephos_jobs_finished_total', 'Jobs that came to an end.', [
    'kind',
    'status',
  ]);
  readonly jobSeconds = this.#histogram('nephos_job_seconds', 'Time of jobs from creation to end.', ['kind']);
  readonly jobsRunning = this.#gauge('nephos_jobs_running', 'Jobs that this server works on.');
  readonly agentsConnected = this.#gauge('nephos_agents_connected', 'Agents connected to this server.', [
    'kind',
  ]);
  readonly commandSeconds = this.#histogram('nephos_agent_command_seconds', 'Time of agent commands.', [
    'kind',
    'status',
  ]);
  readonly alertsOpen = this.#gauge('nephos_alerts_open', 'Alerts that are open in the whole cloud.', [
    'kind',
    'severity',
  ]);
  readonly changesNumbered = this.#counter(
    'nephos_changes_numbered_total',
    'Changes that this server numbered.',
  );
  readonly rateLimited = this.#counter(
    'nephos_rate_limited_total',
    'Requests, connections and attempts to sign in that were refused for coming too fast.',
    ['limit'],
  );
  readonly isSequencer = this.#gauge('nephos_sequencer', '1 while this server numbers the change feed.');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, labelNames: string[] = []): Histogram {
    return new Histogram({ name, help, labelNames, buckets: seconds, registers: [this.registry] });
  }
}
