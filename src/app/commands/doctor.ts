import { optionsOf } from '#app/command-error.ts';
import { examineSystem } from '#app/doctor/doctor.ts';
import { renderFindings } from '#app/doctor/finding.ts';
import { readSources } from '#app/settings.ts';

/** Looks at settings, services and machine, and says what to do; exit status 1 where something fails. */
export async function doctorCommand(args: string[]): Promise<void> {
  const { json = false } = optionsOf(args, { json: { type: 'boolean' } });
  const findings = await examineSystem(await readSources());
  const status = findings.some((finding) => finding.status === 'failed') ? 'failed' : 'ok';
  process.stdout.write(
    json ? `${JSON.stringify({ status, findings }, null, 2)}\n` : renderFindings(findings),
  );
  process.exitCode = status === 'failed' ? 1 : 0;
}
