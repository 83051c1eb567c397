import CommandLine
import Foundation

/// The program: gives the commands their host and ends with their exit code.
@main
enum Backstop {
    static func main() async {
        let arguments = Array(ProcessInfo.processInfo.arguments.dropFirst())
        let code = await ProgramContext.$host.withValue(Host()) {
            await BackstopCommand.run(arguments: arguments)
        }
        exit(code)
    }
}
