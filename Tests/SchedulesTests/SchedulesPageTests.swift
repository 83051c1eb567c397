import Foundation
import Model
import Schedules
import Testing

/// docs/reference/schedules.md is right in every row of its tables.
@Suite struct SchedulesPageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var expression: String
        var zone: String
        var after: String
        var due: [String]
        var testDescription: String { "\(expression) in \(zone) after \(after)" }
    }

    private static let page: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let url = root.appendingPathComponent("docs/reference/schedules.md")
        // tidy: without the page every test here fails
        return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }()

    /// The cells of the table rows below a heading.
    private static func cells(below heading: String) -> [[String]] {
        let section = page.components(separatedBy: "\n\(heading)\n").dropFirst().first ?? ""
        return (section.components(separatedBy: "\n#").first ?? "").split(separator: "\n")
            .filter { $0.hasPrefix("| `") }
            .map { row in
                row.dropFirst(2).dropLast(2).components(separatedBy: " | ")
            }
    }

    private static func code(_ cell: String) -> [String] {
        cell.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    static let rows = ["### Examples", "## When the clocks change"].flatMap { heading in
        cells(below: heading).map { cells in
            Row(
                expression: code(cells[0])[0],
                zone: code(cells[1])[0],
                after: code(cells[2])[0],
                due: code(cells[3]),
            )
        }
    }

    @Test func `the page has its tables`() {
        #expect(Self.rows.count >= 29)
        #expect(Self.cells(below: "### What is refused").count >= 5)
    }

    @Test(.enabled(if: Zoneinfo.isThere), arguments: rows)
    func `a row of due times is right`(row: Row) throws {
        let zone: any ZoneRules =
            row.zone == "UTC" ? FixedZone.utc : try Zoneinfo.zone(row.zone)
        let schedule = Schedule.cron(try CronExpression(row.expression), zone)
        var time = try #require(Timestamp(row.after))
        #expect(row.due.count >= 2)
        for text in row.due {
            let due = try #require(schedule.next(after: time))
            #expect(due == Timestamp(text), "\(due)")
            time = due
        }
    }

    @Test func `what is refused is refused with these words`() throws {
        for cells in Self.cells(below: "### What is refused") {
            let error = try #require(throws: CronError.self) {
                try CronExpression(Self.code(cells[0])[0])
            }
            #expect(error.message == cells[1])
        }
    }

    @Test func `every item, nickname and reason of the page is one`() throws {
        let items = Self.cells(below: "## Cron expressions").filter { $0.count == 3 }
        #expect(items.count >= 12)
        for cells in items {
            for item in Self.code(cells[0]) {
                let text =
                    switch cells[2] {
                    case "everywhere": "\(item) * * * *"
                    case "day of the week": "0 0 * * \(item)"
                    default: "0 0 \(item) * *"
                    }
                if item.first?.isLetter == true, cells[2] == "everywhere" { continue }
                #expect(throws: Never.self) { try CronExpression(text) }
            }
        }
        for reason in SchedulePlan.Skip.Reason.allCases {
            #expect(Self.page.contains("`\(reason.rawValue)`"))
        }
        for overlap in SchedulePlan.Overlap.allCases {
            #expect(
                Self.cells(below: "## What is started").contains {
                    $0[0] == "`\(overlap.rawValue)`"
                }
            )
        }
    }
}
