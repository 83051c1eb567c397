/// The program's exit codes, in the manner of sysexits(3).
package enum ProgramExit: Int32, Sendable, CaseIterable {
    case success = 0
    /// What was asked about is not well: an execution failed, a project has errors; or the server
    /// refused the change.
    case failure = 1
    /// `plan --detailed-exitcode`: there are changes.
    case changes = 2
    /// The command line is wrong (EX_USAGE; the argument parser uses it too).
    case usage = 64
    /// The input is not what it should be (EX_DATAERR).
    case badInput = 65
    /// A file cannot be read (EX_NOINPUT).
    case noInput = 66
    /// The server cannot be reached or is busy (EX_UNAVAILABLE).
    case unavailable = 69
    /// The program itself failed (EX_SOFTWARE).
    case software = 70
    /// There is no such thing.
    case notFound = 72
    /// The data directory is in use or cannot be written (EX_CANTCREAT).
    case cannotCreate = 73
    /// The token is missing or wrong (EX_NOPERM).
    case noPermission = 77

    package var meaning: String {
        switch self {
        case .success: "all went well"
        case .failure: "the execution failed, the project has errors, or a change was refused"
        case .changes: "plan --detailed-exitcode: there is something to apply"
        case .usage: "the command line is wrong"
        case .badInput: "the input is not valid JSON or YAML"
        case .noInput: "a file or folder cannot be read"
        case .unavailable: "the server cannot be reached or refused for now"
        case .software: "Backstop itself failed"
        case .notFound: "there is no such execution, workflow, end user or instance"
        case .cannotCreate: "the data directory is in use or cannot be written"
        case .noPermission: "the token is missing or wrong"
        }
    }
}

/// Ends a command with a message and a code.
package struct CommandFailure: Error, Sendable, CustomStringConvertible {
    package var exit: ProgramExit
    package var message: String

    package init(_ exit: ProgramExit, _ message: String) {
        self.exit = exit
        self.message = message
    }

    package var description: String { message }
}
