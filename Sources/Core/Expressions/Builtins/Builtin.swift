/// The functions of the language, by name and number of arguments.
package enum Builtin: String, Sendable, CaseIterable {
    case empty = "empty/0", error = "error/0", error1 = "error/1", not = "not/0"
    case select = "select/1", length = "length/0", utf8bytelength = "utf8bytelength/0"
    case keys = "keys/0", keysUnsorted = "keys_unsorted/0", values = "values/0"
    case has = "has/1", contains = "contains/1", inside = "inside/1", map = "map/1"
    case mapValues = "map_values/1", add = "add/0", add1 = "add/1"
    case any = "any/0", any1 = "any/1", any2 = "any/2", all = "all/0", all1 = "all/1"
    case all2 = "all/2", flatten = "flatten/0", flatten1 = "flatten/1"
    case range1 = "range/1", range2 = "range/2", range3 = "range/3"
    case floor = "floor/0", ceil = "ceil/0", round = "round/0", sqrt = "sqrt/0"
    case pow = "pow/2", log = "log/0", log2 = "log2/0", log10 = "log10/0", exp = "exp/0"
    case fabs = "fabs/0", abs = "abs/0", trunc = "trunc/0"
    case tostring = "tostring/0", tonumber = "tonumber/0", type = "type/0"
    case tojson = "tojson/0", fromjson = "fromjson/0"
    case isnan = "isnan/0", isinfinite = "isinfinite/0", isnormal = "isnormal/0"
    case asciiDowncase = "ascii_downcase/0", asciiUpcase = "ascii_upcase/0"
    case explode = "explode/0", implode = "implode/0", ascii = "ascii/0"
    case split = "split/1", split2 = "split/2", join = "join/1"
    case ltrimstr = "ltrimstr/1", rtrimstr = "rtrimstr/1"
    case startswith = "startswith/1", endswith = "endswith/1"
    case trim = "trim/0", ltrim = "ltrim/0", rtrim = "rtrim/0"
    case test = "test/1", test2 = "test/2", match = "match/1", match2 = "match/2"
    case capture = "capture/1", capture2 = "capture/2", scan = "scan/1", scan2 = "scan/2"
    case splits = "splits/1", splits2 = "splits/2", sub = "sub/2", sub3 = "sub/3"
    case gsub = "gsub/2", gsub3 = "gsub/3"
    case sort = "sort/0", sortBy = "sort_by/1", groupBy = "group_by/1", unique = "unique/0"
    case uniqueBy = "unique_by/1", min = "min/0", max = "max/0", minBy = "min_by/1"
    case maxBy = "max_by/1", reverse = "reverse/0", transpose = "transpose/0"
    case index = "index/1", rindex = "rindex/1", indices = "indices/1"
    case first = "first/0", last = "last/0", nth = "nth/1", first1 = "first/1"
    case last1 = "last/1", nth2 = "nth/2", limit = "limit/2", skip = "skip/2"
    case until = "until/2", while2 = "while/2", repeat1 = "repeat/1"
    case recurse = "recurse/0", recurse1 = "recurse/1", recurse2 = "recurse/2"
    case isvalid = "isvalid/1", isempty = "isempty/1"
    case numbers = "numbers/0", strings = "strings/0", booleans = "booleans/0"
    case nulls = "nulls/0", arrays = "arrays/0", objects = "objects/0"
    case iterables = "iterables/0", scalars = "scalars/0"
    case toEntries = "to_entries/0", fromEntries = "from_entries/0"
    case withEntries = "with_entries/1", path = "path/1", paths = "paths/0"
    case paths1 = "paths/1", leafPaths = "leaf_paths/0", getpath = "getpath/1"
    case setpath = "setpath/2", delpaths = "delpaths/1", del = "del/1", pick = "pick/1"
    case toarray = "toarray/0", walk = "walk/1", combinations = "combinations/0"
    case in1 = "in/1", now = "now/0", todate = "todate/0", fromdate = "fromdate/0"
    case todateiso8601 = "todateiso8601/0", fromdateiso8601 = "fromdateiso8601/0"
    case date = "date/0", gmtime = "gmtime/0", mktime = "mktime/0"
    case strftime = "strftime/1", strptime = "strptime/1"
    case tostream = "tostream/0"

    static func find(_ name: String, _ arity: Int) -> Builtin? {
        guard let found = Builtin(rawValue: "\(name)/\(arity)") else { return nil }
        return found
    }

    /// All of them, as `name/arguments`, for the page that lists them.
    package static let signatures = allCases.map(\.rawValue)

    static let names: [String] = Set(allCases.map(\.name)).sorted()

    static func arities(of name: String) -> [Int] {
        allCases.filter { $0.name == name }.compactMap { Int($0.rawValue.suffix(1)) }.sorted()
    }

    var name: String { String(rawValue.prefix { $0 != "/" }) }
}
