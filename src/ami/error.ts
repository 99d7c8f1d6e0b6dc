/**
 * Why an action gave no result.
 * `down`: not connected, nothing was sent. `unsafe`: a field may not be sent, nothing was sent.
 * `refused`: the PBX said no; `reason` holds its words.
 * `timeout`, `closed`: it was sent and no answer came, so it may or may not have been carried out.
 * `partial`: a list ended early or with items missing.
 */
export type AmiErrorCode = 'down' | 'timeout' | 'refused' | 'unsafe' | 'closed' | 'partial';

export class AmiError extends Error {
  readonly code: AmiErrorCode;
  readonly reason: string;

  constructor(code: AmiErrorCode, message: string, reason = '') {
    super(message);
    this.name = 'AmiError';
    this.code = code;
    this.reason = reason;
  }
}
