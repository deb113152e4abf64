import { AppError } from '#platform/errors.ts';

/** `scimType` of RFC 7644, section 3.12. */
const scimTypes = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
] as const;
export type ScimType = (typeof scimTypes)[number];

export const scimMediaType = 'application/scim+json';
const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';
const maxDetail = 500;

/** 400 of this kind. */
export function refusedAs(scimType: ScimType, detail: string): AppError {
  return new AppError(400, 'invalid', detail.slice(0, maxDetail), {
    errors: [{ code: scimType, message: detail.slice(0, maxDetail) }],
  });
}

/** How any problem looks to a client of SCIM. */
export function renderScimProblem(problem: AppError): object {
  const scimType = scimTypeOf(problem);
  const { status, message: detail } = problem;
  return { schemas: [errorUrn], status: String(status), ...(scimType && { scimType }), detail };
}

function scimTypeOf({ status, code, errors }: AppError): ScimType | undefined {
  if (status === 409) return 'uniqueness';
  if (status !== 400) return undefined;
  const named = scimTypes.find((each) => each === errors[0]?.code);
  return named ?? (code === 'malformed_json' ? 'invalidSyntax' : 'invalidValue');
}
