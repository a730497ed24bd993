/** Why a file cannot be made, however often one tries; the message is for whoever asked for it. */
export class ExportProblem extends Error {
  override name = 'ExportProblem';
}

/** Another daemon makes the file now, or nobody wants it any more. */
export class ExportTaken extends Error {
  override name = 'ExportTaken';
}
