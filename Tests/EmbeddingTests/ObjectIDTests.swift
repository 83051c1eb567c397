import Embedding
import Model
import Testing

@Suite struct ObjectIDTests {
    @Test(arguments: ObjectID.Kind.allCases)
    func `the text has a prefix and thirteen digits, and reads back`(kind: ObjectID.Kind) {
        for number in [0, 1, 12_345_678_901, Int64.max] {
            let id = ObjectID(kind, rawValue: number)
            #expect(id.description.count == 17)
            #expect(id.description.hasPrefix(kind.rawValue + "_"))
            #expect(ObjectID(id.description) == id)
            #expect(ObjectID(kind, id.description) == id)
            #expect(id.rawValue == number)
        }
    }

    @Test func `one kind is not taken for another`() {
        let user = ObjectID(.endUser, rawValue: 7)
        #expect(ObjectID(.instance, user.description) == nil)
        #expect(user != ObjectID(.instance, rawValue: 7))
    }

    @Test(arguments: [
        "", "usr", "usr_", "usr_000000000000", "usr_00000000000000", "exe_0000000000000",
        "USR_0000000000000", "usr-0000000000000", "usr_000000000000l", "usr_zzzzzzzzzzzzz",
        "usr_0000000000000 ", " usr_0000000000000",
    ])
    func `anything else is refused`(text: String) {
        #expect(ObjectID(text) == nil)
    }

    @Test func `later ones sort later and know their time`() {
        let time = ExecutionID.epoch + 1_000_000
        let first = ObjectID(.audit, milliseconds: time, worker: 3, sequence: 4)
        let second = ObjectID(.audit, milliseconds: time, worker: 3, sequence: 5)
        #expect(first < second)
        #expect(first.description < second.description)
        #expect(first.createdAt == Timestamp(milliseconds: time))
    }

    @Test func `a number without sign is made of every number`() {
        let id = ObjectID(.failure, rawValue: -1)
        #expect(id.rawValue == Int64.max)
        #expect(ObjectID(id.description) == id)
    }
}
