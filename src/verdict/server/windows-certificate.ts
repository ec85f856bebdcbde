/**
 * The certificate that Windows makes for RDP by itself, known by its look: self-signed, one CN and nothing else,
 * 183 days (7 of 7 public samples). Windows makes another one when it is over: event 1056 says that it did, event
 * 1058 that "the self-signed certificate ... has expired and could not be replaced". Nothing public says that it
 * replaces one before its end, so until then there is nothing to do, and after it the renewal has failed.
 */

const DAY_MS = 86_400_000;
const MIN_DAYS = 182;
const MAX_DAYS = 184;

/** What the look consists of. */
export interface CertificateLook {
  /** Null where it cannot be read. */
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly selfSigned: boolean | null;
  /** The subject is a CN and nothing else. */
  readonly singleCommonName: boolean;
  readonly subjectAltNames: readonly string[];
}

/** Whether it looks like one of Windows' own. Inferred: anybody can make one that looks so. */
export const looksMadeByWindows = (look: CertificateLook): boolean => {
  const { notBefore, notAfter, selfSigned, singleCommonName, subjectAltNames } = look;
  if (notBefore === null || notAfter === null || selfSigned !== true || !singleCommonName) return false;
  const days = (notAfter.getTime() - notBefore.getTime()) / DAY_MS;
  return days >= MIN_DAYS && days <= MAX_DAYS && subjectAltNames.length === 0;
};
