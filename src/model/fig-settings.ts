// FigSettings: what a project asks of fig alone, under `x-fig:`. Never part of a hash; the reference passes over it.

export interface FigSettings {
  /** Keys of volumes that `down -v` leaves, and that other projects may share. */
  readonly keep: readonly string[];
  /** Services whose containers `up` does not start again once they have ended well. */
  readonly once: readonly string[];
}
