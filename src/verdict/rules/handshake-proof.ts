/**
 * The proof that a handshake went through: a witness for each stage that the server's choice demands. Only this file
 * makes one, and only a proof makes `ok`; what is missing for it is named.
 */
import type { CaptureView } from "../../handshake/conversation/captured-connection.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { CredSspWitness } from "../../handshake/facts/credssp-facts.ts";
import { isCredSsp, isStandardSecurity, tlsProtocol } from "../../handshake/facts/negotiation-facts.ts";
import type { TlsWitness } from "../../tls/decrypt/tls-witness.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { type CredSspDemand, judgeCredSsp } from "./judge-credssp.ts";
import { credSspWitness } from "../result/ntlm-report.ts";
import type { Evidence } from "../result/result.ts";
import { limitText } from "../findings/tls-limits.ts";
import type { VerdictStage } from "../verdicts.ts";

/** A Connection Confirm that selects exactly one layer out of those asked for. */
class NegotiationWitness {
  readonly #selected: number;

  private constructor(selected: number) {
    this.#selected = selected;
  }

  get selected(): number {
    return this.#selected;
  }

  static of({ negotiation }: ConnectionFacts): NegotiationWitness | null {
    if (negotiation === null || negotiation.request === null || negotiation.answer.kind !== "tpdu")
      return null;
    const { answer, request, takenBack, trailing } = negotiation;
    if (takenBack || trailing !== null) return null;
    const selected = tlsProtocol(answer.tpdu, request);
    if (selected !== null) return new NegotiationWitness(selected);
    const asked = request.negotiation?.requestedProtocols ?? 0;
    return asked === 0 && isStandardSecurity(answer.tpdu) ? new NegotiationWitness(0) : null;
  }
}

/** Dates that can be read, held against a clock that is known. */
class CertificateWitness {
  readonly #leaf: CertificateFacts;

  private constructor(leaf: CertificateFacts) {
    this.#leaf = leaf;
  }

  get leaf(): CertificateFacts {
    return this.#leaf;
  }

  static of(leaf: CertificateFacts, now: Date): CertificateWitness | null {
    const { notBefore, notAfter } = leaf;
    if (notBefore === null || notAfter === null) return null;
    return notBefore <= now && now <= notAfter ? new CertificateWitness(leaf) : null;
  }
}

/** What the server said after TLS, or after the negotiation, to what was asked there. */
type AnswerWitness =
  | { readonly kind: "credssp"; readonly witness: CredSspWitness }
  | { readonly kind: "connect-response" }
  /** Encrypted, and the client of a capture went on after it. */
  | { readonly kind: "accepted-by-client" }
  /** It was not asked. */
  | { readonly kind: "not-asked" };

export interface HandshakeProof {
  readonly negotiation: NegotiationWitness;
  /** Null where Standard RDP Security was asked for and chosen. */
  readonly tls: TlsWitness | null;
  /** Null where a capture hides the certificate, or where its clock is not known. */
  readonly certificate: CertificateWitness | null;
  readonly answer: AnswerWitness;
}

/** What is missing, in which stage. */
interface Unproven {
  readonly stage: VerdictStage;
  /** Lower case, no full stop: why nothing can be said. */
  readonly why: string;
  readonly evidence: Evidence;
}

export type Proving =
  | { readonly kind: "proven"; readonly proof: HandshakeProof }
  | { readonly kind: "unproven"; readonly missing: Unproven };

export interface ProofMaterial {
  readonly main: ConnectionFacts;
  /** The connection that CredSSP was answered on; null where it was not asked. */
  readonly credSsp: ConnectionFacts | null;
  /** Null where the time of the capture is not known. */
  readonly now: Date | null;
  /** Null in a live probe, and in a recording of one. */
  readonly view: CaptureView | null;
}

/** What each stage has to show for itself; null where it has nothing. */
export interface StageWitnesses {
  readonly negotiation: NegotiationWitness | null;
  readonly tls: TlsWitness | null;
  readonly certificate: CertificateWitness | null;
  readonly credssp: CredSspWitness | null;
}

/** The witnesses of the stages, each for itself. @param leaf the certificate that any connection showed. */
export const witnessesOf = (
  { main, credSsp, now }: Omit<ProofMaterial, "view">,
  leaf: CertificateFacts | null,
  client: CredSspDemand,
): StageWitnesses => {
  const isTaken = credSsp !== null && judgeCredSsp(credSsp, client) === null;
  return {
    negotiation: NegotiationWitness.of(main),
    tls: main.tls?.state.kind === "established" ? main.tls.state.witness : null,
    certificate: leaf === null || now === null ? null : CertificateWitness.of(leaf, now),
    // A witness does not know which versions the client takes.
    credssp: isTaken ? credSspWitness(credSsp) : null,
  };
};

/** The proof, or the first thing that is missing for it. */
export const proveHandshake = (material: ProofMaterial): Proving => {
  const { main, view } = material;
  if (main.times.connectedAtMs === null) {
    return unproven("tcp", { why: `no answer to the connection attempt was seen${ending(view)}` });
  }
  const negotiation = NegotiationWitness.of(main);
  if (negotiation === null) return unproven("negotiation", negotiationGap(material));
  if (negotiation.selected === 0) return proveStandardSecurity(negotiation, main, view);
  const { tls } = main;
  if (tls === null || tls.state.kind !== "established") return unproven("tls", tlsGap(material));
  const [leaf] = tls.chain;
  // A client that goes on after the server's answer has taken the certificate that it saw.
  if (leaf === undefined && view?.clientWentOn !== true) {
    const why =
      view === null
        ? "no certificate was seen"
        : "the certificate is encrypted, and there are no keys for it";
    return unproven("certificate", { why });
  }
  const certificate =
    leaf === undefined || material.now === null ? null : CertificateWitness.of(leaf, material.now);
  if (leaf !== undefined && material.now !== null && certificate === null) {
    return unproven("certificate", { why: "the dates of the certificate cannot be read" });
  }
  const answer = credSspAnswer(negotiation, material);
  if (answer === null) return unproven("credssp", { why: credSspGap(material) });
  return proven({ negotiation, tls: tls.state.witness, certificate, answer });
};

const proven = (proof: HandshakeProof): Proving => ({ kind: "proven", proof });

const unproven = (
  stage: VerdictStage,
  { why, evidence = {} }: { readonly why: string; readonly evidence?: Evidence },
): Proving => ({ kind: "unproven", missing: { stage, why, evidence } });

/** What the client of a capture asked for and got: its Connect-Initial has to be answered. */
const proveStandardSecurity = (
  negotiation: NegotiationWitness,
  { mcs }: ConnectionFacts,
  view: CaptureView | null,
): Proving => {
  const isAnswered =
    mcs?.answer.kind === "response" || (view?.isSettled === true && mcs?.answer.kind !== "disconnect");
  if (!isAnswered) return unproven("mcs", { why: `no MCS Connect-Response was seen${ending(view)}` });
  return proven({ negotiation, tls: null, certificate: null, answer: { kind: "connect-response" } });
};

const credSspAnswer = (
  { selected }: NegotiationWitness,
  { main, credSsp, view }: ProofMaterial,
): AnswerWitness | null => {
  if (!isCredSsp(selected)) return { kind: "not-asked" };
  const facts = credSsp?.credssp ?? null;
  if (facts !== null) {
    return facts.answer.kind === "witnessed" ? { kind: "credssp", witness: facts.answer.witness } : null;
  }
  // A live probe that ends after TLS has not asked; a client of a capture has to.
  if (view === null) return main.credssp === null ? { kind: "not-asked" } : null;
  return view.clientWentOn ? { kind: "accepted-by-client" } : null;
};

const negotiationGap = ({ main, view }: ProofMaterial): { why: string; evidence?: Evidence } => {
  const { negotiation } = main;
  if (view !== null && !view.isBothWays) {
    return oneWay(view);
  }
  if (negotiation === null || negotiation.answer.kind === "none") {
    return { why: `no answer to the Connection Request was seen${ending(view)}` };
  }
  if (negotiation.answer.kind === "partial")
    return { why: `the answer to the Connection Request is not complete${ending(view)}` };
  return { why: "the Connection Request was not seen" };
};

const oneWay = (view: CaptureView): { why: string } => {
  const side = view.isCaptured.server ? "server" : "client";
  return { why: `the capture has only what the ${side} sent${view.clientEnd === null ? "" : ending(view)}` };
};

const tlsGap = ({ main: { tls }, view }: ProofMaterial): { why: string; evidence?: Evidence } => {
  if (tls === null) return { why: `TLS was not begun${ending(view)}` };
  const { state } = tls;
  if (state.kind === "limit") return { why: limitText(state.limit), evidence: { limit: state.limit.kind } };
  if (state.kind !== "unfinished") return { why: "the TLS handshake is not complete" };
  const evidence = { owes: state.owes, awaits: state.awaits };
  if (view !== null && !view.isBothWays) {
    return { ...oneWay(view), evidence };
  }
  if (view !== null && view.gap !== null) {
    const { sizeBytes, from } = view.gap;
    return { why: `the capture misses ${sizeBytes} bytes of the ${from}'s part of the handshake`, evidence };
  }
  return { why: `the TLS handshake is not complete${ending(view)}`, evidence };
};

const credSspGap = ({ view }: ProofMaterial): string => {
  if (view === null) return "CredSSP was not answered";
  if (!view.clientSpoke) return `the client sent no CredSSP message${ending(view)}`;
  return `what the server answered to CredSSP is encrypted, and the client did not go on${ending(view)}`;
};

/** How the capture ends, as a clause. */
const ending = (view: CaptureView | null): string => {
  if (view === null) return "";
  if (view.clientEnd === null) return " before the capture ends";
  return ` before the client ${view.clientEnd === "rst" ? "reset" : "closed"} the connection`;
};
