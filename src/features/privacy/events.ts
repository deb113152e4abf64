import { defineEvent, definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

export const userErased = definePublicEvent('user.erased', object({ userId: id }), {
  description: 'A person was erased: what you keep of them should go, too.',
  example: { userId: exampleIds.userId },
});

/** An account is to be erased when the days of grace are over. */
export const erasureRequested = defineEvent('erasure.requested', object({ userId: id, erasureId: id }));

/** An archive of a person's data can be fetched. */
export const dataExportReady = defineEvent('data_export.ready', object({ userId: id, exportId: id }));
