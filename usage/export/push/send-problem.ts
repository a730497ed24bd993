/** Why a file did not arrive this time; the message is for whoever set the schedule up. */
export class SendProblem extends Error {
  override name = 'SendProblem';
}

/** Another daemon sends it now, or nobody wants it any more. */
export class SendTaken extends Error {
  override name = 'SendTaken';
}
