/// The program's exit statuses, of which the numbers are `sysexits.h`'s.
enum ExitStatus: Int32, Sendable {
    /// It did what it was asked for.
    case success = 0
    /// `validate` found a flag that cannot be used.
    case findings = 1
    /// It was called wrongly.
    case usage = 64
    /// The sync server did not answer, or with an error.
    case unavailable = 69
    /// The program itself failed.
    case software = 70
    /// The configuration is invalid.
    case configuration = 78
}
