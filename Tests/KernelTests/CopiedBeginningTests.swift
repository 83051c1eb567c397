import Definitions
import Kernel
import Model
import Testing

/// Replays that begin in the middle, on another definition or with another input.
@Suite struct CopiedBeginningTests {
    private static let limits = LimitsDefinition()
    private static let newID = ExecutionID(rawValue: Drive.id.rawValue + 1)

    /// `a` ran; then a value was made of the input, which may be a mistake.
    private func definition(
        _ value: JSONValue,
        first: String = "a",
        when: String? = nil,
    ) -> WorkflowDefinition {
        var build = Build()
        return build.workflow([
            build.run(first, when: when), build.set("v", value), build.run("b"),
        ])
    }

    private func ended() throws -> Drive {
        var drive = Drive(
            definition("${ 1 | keys }", when: "$trigger.flag"),
            trigger: ["flag": true],
        )
        let one = try #require(drive.start().attempts.first)
        #expect(drive.succeed(one, "out").outcome?.problem?.type == .expression)
        return drive
    }

    private func copy(
        _ drive: Drive,
        on definition: WorkflowDefinition,
        trigger: JSONValue = ["flag": true],
    ) throws(ReplayRefusal) -> Machine {
        let context = ExecutionContext(id: Self.newID, trigger: trigger)
        let rewind = try Rewind.plan(
            Timeline(drive.events),
            from: .failedStep,
            definition: drive.machine.definition,
            context: drive.machine.context,
            limits: Self.limits,
        )
        let events = try CopiedBeginning.make(
            rewind,
            of: drive.machine.definition,
            on: definition,
            context: context,
            limits: Self.limits,
            at: Timestamp(milliseconds: 90_000),
            by: "ada",
        )
        var machine = Machine(definition: definition, context: context)
        machine.replay(Timeline(events))
        return machine
    }

    private func fault(
        _ drive: Drive,
        on other: WorkflowDefinition,
        trigger: JSONValue,
    )
        -> ReplayFault?
    {
        do throws(ReplayRefusal) {
            _ = try copy(drive, on: other, trigger: trigger)
            return nil
        } catch {
            return error.fault
        }
    }

    @Test func `a mended step goes on without what went well before it`() throws {
        let drive = try ended()
        let mended = definition("${ $steps.a }", when: "$trigger.flag")
        let machine = try copy(drive, on: mended)
        #expect(machine.outcome == nil)
        #expect(machine.outstanding.operations == ["b"])
    }

    @Test func `a step before the start that is another now refuses`() throws {
        let drive = try ended()
        let other = definition("${ $steps.x }", first: "x", when: "$trigger.flag")
        #expect(fault(drive, on: other, trigger: ["flag": true]) == .stepsDiffer)
        let always = definition("${ $steps.a }")
        #expect(fault(drive, on: always, trigger: ["flag": true]) == .stepsDiffer)
    }

    @Test func `an input with which the steps before take another course refuses`() throws {
        let drive = try ended()
        let mended = definition("${ $steps.a }", when: "$trigger.flag")
        #expect(fault(drive, on: mended, trigger: ["flag": false]) == .otherCourse)
    }

    @Test func `keys are kept only where the same side effect stands`() throws {
        let one = definition("1")
        #expect(throws: Never.self) { try CopiedBeginning.keepsKeys(one, definition("2")) }
        #expect(throws: ReplayRefusal.self) {
            try CopiedBeginning.keepsKeys(one, definition("1", first: "x"))
        }
    }
}
