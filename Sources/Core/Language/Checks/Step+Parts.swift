import Definitions
import Expressions

extension Step {
    /// The lists of steps inside it, error branch excepted.
    var children: [[Step]] {
        switch kind {
        case .branch(_, let then, let otherwise): [then, otherwise]
        case .choose(_, let cases, let otherwise):
            cases.map(\.steps) + (otherwise.map { [$0] } ?? [])
        case .forEach(_, _, let steps), .group(let steps): [steps]
        case .parallel(let branches): branches.map(\.steps)
        case .run, .reply, .set, .wait, .raise, .call, .stop: []
        }
    }

    /// Every expression of the step itself.
    var programs: [Program] {
        var programs = [condition, retry?.when].compactMap { $0 }
        switch kind {
        case .run(_, _, _, let input): programs += input.programs
        case .reply(let status, let headers, let body):
            programs += [status, headers, body].compactMap { $0 }.flatMap(\.programs)
        case .set(let value): programs += value.programs
        case .branch(let condition, _, _): programs.append(condition)
        case .choose(let subject, let cases, _):
            programs.append(subject)
            programs += cases.flatMap(\.value.programs)
        case .forEach(let items, _, _): programs.append(items)
        case .wait(let duration, let until):
            programs += [duration, until].compactMap { $0 }.flatMap(\.programs)
        case .raise(let raise): programs += raise.programs
        case .call(_, let input, _): programs += input.programs
        case .stop(_, let output): programs += output?.programs ?? []
        case .group, .parallel: break
        }
        if case .raise(let raise)? = then { programs += raise.programs }
        return programs
    }

    /// Nothing after it can run.
    var alwaysEnds: Bool {
        guard condition == nil else { return false }
        if case .stop = kind { return true }
        switch then {
        case .stop, .fail, .raise, .breakLoop, .nextItem: return true
        case .proceed, nil: return false
        }
    }
}

extension RaiseStep {
    var programs: [Program] {
        [title, detail, status, client, support, data].compactMap { $0 }.flatMap(\.programs)
    }
}
