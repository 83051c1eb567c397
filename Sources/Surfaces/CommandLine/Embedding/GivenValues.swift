import ArgumentParser
import Foundation
import Model

/// Values that a command line gives by name.
///
/// What is secret is never an argument: other users of the machine can read those.
enum GivenValues {
    /// Bytes of a secret or an input file at most.
    private static let sizeLimit = 8 << 20

    /// `NAME=VALUE`: JSON when it can be read so, else text.
    static func plain(_ given: [String]) throws -> JSONObject {
        var object = JSONObject()
        for text in given {
            let (name, value) = try split(text)
            object[name] = parsed(value)
        }
        return object
    }

    /// `NAME=VALUE`, always text.
    static func texts(_ given: [String]) throws -> JSONObject {
        var object = JSONObject()
        for text in given {
            let (name, value) = try split(text)
            object[name] = .string(value)
        }
        return object
    }

    /// `NAME=-` is read from standard input, `NAME=@FILE` from a file, without one line end.
    static func secrets(_ given: [String]) throws -> JSONObject {
        var object = JSONObject()
        guard given.count(where: { $0.hasSuffix("=-") }) < 2 else {
            throw CommandFailure(.usage, "one secret alone comes from standard input")
        }
        for text in given {
            let (name, place) = try split(text)
            guard place == "-" || place.hasPrefix("@") else {
                throw CommandFailure(
                    .usage,
                    "a secret is no argument: give \(name)=@FILE, or \(name)=- for standard input",
                )
            }
            var value = try read(place == "-" ? "-" : String(place.dropFirst()))
            if value.hasSuffix("\n") { value.removeLast() }
            object[name] = .string(value)
        }
        return object
    }

    /// A file's text; `-` is standard input.
    static func read(_ path: String) throws -> String {
        let data: Data?
        if path == "-" {
            do {
                data = try FileHandle.standardInput.read(upToCount: sizeLimit + 1) ?? Data()
            } catch { throw CommandFailure(.noInput, "standard input cannot be read: \(error)") }
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data else { throw CommandFailure(.noInput, "the file \(path) cannot be read") }
        guard data.count <= sizeLimit, let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(.badInput, "\(path) is no UTF-8 of at most 8 MiB")
        }
        return text
    }

    /// The objects of a file: a JSON array, or one object a line.
    static func objects(_ path: String) throws -> [JSONValue] {
        let text = try read(path)
        do {
            if text.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("[") {
                return try JSONParser.parse(text).arrayValue ?? []
            }
            return try text.split(whereSeparator: \.isNewline)
                .filter { !$0.allSatisfy(\.isWhitespace) }.map { try JSONParser.parse(String($0)) }
        } catch {
            throw CommandFailure(
                .badInput,
                "\(path) is neither a JSON array nor one JSON object a line: \(error)",
            )
        }
    }

    private static func parsed(_ text: String) -> JSONValue {
        do { return try JSONParser.parse(text) } catch { return .string(text) }
    }

    private static func split(_ text: String) throws -> (name: String, value: String) {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
            throw CommandFailure(.usage, "\(text) is not NAME=VALUE")
        }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}
