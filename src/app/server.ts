import { adminRoutes } from '#features/admin/routes.ts';
import { certificatesRoutes, verificationPageRoutes } from '#features/certificates/routes.ts';
import { auditRoutes } from '#features/audit/routes.ts';
import { assessmentRoutes } from '#features/assessments/routes.ts';
import { courseRoutes } from '#features/courses/routes.ts';
import { authenticate } from '#features/identity/commands/authenticate.ts';
import { authenticateProvisioner } from '#features/scim/commands/authenticate-provisioner.ts';
import { scimProtocol, scimRoutes } from '#features/scim/routes.ts';
import { enrollmentsRoutes } from '#features/enrollments/routes.ts';
import { redeemTicket } from '#features/notifications/commands/tickets.ts';
import { createHub, notificationsRoutes, type Hub } from '#features/notifications/routes.ts';
import { filesRoutes } from '#features/files/routes.ts';
import { accountPageRoutes, identityRoutes } from '#features/identity/routes.ts';
import { mailPageRoutes, mailRoutes } from '#features/mail/routes.ts';
import { importsRoutes } from '#features/imports/routes.ts';
import { eraseUndone, withdrawErasureSince } from '#features/privacy/commands/request-erasure.ts';
import { privacyRoutes } from '#features/privacy/routes.ts';
import { progressRoutes } from '#features/progress/routes.ts';
import { rolesRoutes } from '#features/roles/routes.ts';
import { letGoSince } from '#features/scim/commands/let-go-since.ts';
import { unlinkSince } from '#features/sso/commands/unlink-identity.ts';
import { createProviderClients, endSessionUrlsOf, ssoRoutes } from '#features/sso/routes.ts';
import { tasksRoutes } from '#features/tasks/routes.ts';
import { webhooksRoutes } from '#features/webhooks/routes.ts';
import { createApp } from '#platform/http/app.ts';
import { useRefusals } from '#platform/http/refusals.ts';
import { addGauge } from '#platform/metrics.ts';
import type { App } from '#platform/http/types.ts';
import type { OpenDeps } from './deps.ts';
import { useDemoBanner } from './demo/banner.ts';
import { documentApi } from './openapi.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';

/** What goes with a change of address, or a registration, that the owner of the address takes back. */
const byOwner = { takeBack: [unlinkSince, letGoSince, withdrawErasureSince], eraseUndone };

/** The HTTP API: every feature's routes, in one list. */
export async function createServer(open: OpenDeps): Promise<App> {
  const { deps } = open;
  const { config } = deps;
  const app = await createApp({
    config,
    log: deps.log,
    metrics: open.metrics,
    redis: open.redis,
    tracer: deps.tracer,
    authenticate: (token) => authenticate(deps, token),
    authenticateProvisioner: (token) => authenticateProvisioner(deps, token),
    takeTicket: (ticket) => redeemTicket(deps, ticket),
    idempotency: deps,
  });
  useRefusals(app, deps);
  if (config.demoMode) useDemoBanner(app);
  const providers = createProviderClients(deps);
  const hub = openHub(app, open);
  await documentApi(app, config);
  metricsRoute(app, open);
  verificationPageRoutes(app, deps);
  accountPageRoutes(app, deps, byOwner);
  mailPageRoutes(app, deps);
  scimProtocol(app, deps);
  app.register(
    async (api) => {
      healthRoutes(api, open);
      identityRoutes(api, deps, { ...byOwner, endSessionUrlOf: endSessionUrlsOf(deps, providers) });
      rolesRoutes(api, deps);
      ssoRoutes(api, deps, providers);
      scimRoutes(api, deps);
      tasksRoutes(api, deps);
      courseRoutes(api, deps);
      enrollmentsRoutes(api, deps);
      progressRoutes(api, deps);
      assessmentRoutes(api, deps);
      filesRoutes(api, deps);
      importsRoutes(api, deps);
      certificatesRoutes(api, deps);
      notificationsRoutes(api, deps, hub);
      webhooksRoutes(api, deps);
      mailRoutes(api, deps);
      privacyRoutes(api, deps);
      auditRoutes(api, deps);
      adminRoutes(api, deps);
    },
    { prefix: config.apiV1Prefix },
  );
  return app;
}

/** The streams of this process. They end before it stops listening for more. */
function openHub(app: App, { deps, metrics }: OpenDeps): Hub {
  const hub = createHub({ ...deps, maxStreams: deps.config.eventStreamsMax, maxStreamsPerPerson: 10 });
  app.addHook('preClose', () => hub.close());
  addGauge(metrics, 'lms_event_streams', 'Streams of events that are open here.', [], async () => [
    { value: hub.count() },
  ]);
  return hub;
}
