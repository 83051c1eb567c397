import Model
import Testing

/// What each keyword accepts and refuses, after JSON Schema 2020-12.
@Suite struct JSONSchemaTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var schema: String
        var accepted: [String]
        var refused: [String]
        init(_ schema: String, _ accepted: [String], _ refused: [String]) {
            self.schema = schema
            self.accepted = accepted
            self.refused = refused
        }
        var testDescription: String { schema }
    }

    private func check(_ row: Row) throws {
        let schema = try JSONSchema(JSONParser.parse(row.schema))
        for text in row.accepted {
            #expect(try schema.validate(JSONParser.parse(text)) == [], "\(text) is accepted")
        }
        for text in row.refused {
            #expect(try !schema.accepts(JSONParser.parse(text)), "\(text) is refused")
        }
    }

    static let generalRows = [
        Row("true", ["1", "null"], []),
        Row("false", [], ["1", "null", "{}"]),
        Row("{}", ["1", "[]"], []),
        Row(#"{"type":"null"}"#, ["null"], ["0", "false", #""""#]),
        Row(#"{"type":"boolean"}"#, ["true", "false"], ["0", "null", #""true""#]),
        Row(#"{"type":"object"}"#, ["{}"], ["[]", "null"]),
        Row(#"{"type":"array"}"#, ["[]"], ["{}", #""[]""#]),
        Row(#"{"type":"string"}"#, [#""""#], ["1", "null"]),
        Row(#"{"type":"number"}"#, ["1", "1.5", "1e300"], [#""1""#, "true"]),
        Row(
            #"{"type":"integer"}"#,
            ["1", "1.0", "-0", "1e20", "1e308"],
            ["1.5", #""1""#, "true"],
        ),
        Row(#"{"type":["string","null"]}"#, ["null", #""a""#], ["1", "[]"]),
        Row(
            #"{"enum":[1,"a",null,{"a":[1]}]}"#,
            ["1", "1.0", #""a""#, "null", #"{"a":[1.0]}"#],
            ["true", #""A""#, "{}", #"{"a":[1,1]}"#],
        ),
        Row(#"{"enum":[]}"#, [], ["1", "null"]),
        Row(
            #"{"const":{"a":1,"b":2}}"#,
            [#"{"b":2,"a":1}"#],
            [#"{"a":1}"#, #"{"a":1,"b":2,"c":3}"#],
        ),
        Row(#"{"const":false}"#, ["false"], ["0", "null"]),
        Row(#"{"const":0}"#, ["0", "0.0", "-0.0"], ["false", #""0""#]),
        Row(#"{"const":"\u00e9"}"#, [#""é""#], [#""e\u0301""#]),
        Row(#"{"title":"x","x-hint":1,"default":2,"$comment":"c"}"#, ["1"], []),
    ]

    @Test("types, values and annotations", arguments: generalRows)
    func general(_ row: Row) throws { try check(row) }

    static let numbersRows = [
        Row(#"{"minimum":3}"#, ["3", "3.0", "4", #""a""#, "null"], ["2", "2.999"]),
        Row(#"{"maximum":3}"#, ["3", "-4"], ["4", "3.001"]),
        Row(#"{"exclusiveMinimum":3}"#, ["3.001", "4"], ["3", "3.0"]),
        Row(#"{"exclusiveMaximum":3}"#, ["2.999"], ["3", "3.0"]),
        Row(#"{"multipleOf":2}"#, ["0", "-4", "4.0", #""a""#], ["3", "4.5"]),
        Row(#"{"multipleOf":1.5}"#, ["0", "4.5", "3"], ["35", "1"]),
        Row(#"{"multipleOf":0.01}"#, ["19.99", "0.07", "1.1", "4.35"], ["19.999", "0.001"]),
        Row(#"{"multipleOf":0.0001}"#, ["0.0075"], ["0.00751"]),
        Row(#"{"multipleOf":0.5}"#, ["1e308", "9007199254740993"], ["0.25"]),
        Row(#"{"multipleOf":0.123456789}"#, ["0.370370367"], ["1e308"]),
        Row(#"{"multipleOf":1e20}"#, ["0", "3e20"], ["1e19", "100", "1.5e20"]),
        Row(#"{"multipleOf":1e-300}"#, ["1", "1e-299"], ["1e-301"]),
        // Doubles cannot tell these apart.
        Row(#"{"maximum":9007199254740992}"#, ["9007199254740992"], ["9007199254740993"]),
        Row(#"{"minimum":9007199254740993}"#, ["9007199254740993"], ["9007199254740992"]),
        Row(#"{"exclusiveMinimum":9007199254740992}"#, ["9007199254740993"], ["9007199254740992"]),
        Row(#"{"const":9007199254740993}"#, ["9007199254740993"], ["9007199254740992"]),
        Row(
            #"{"exclusiveMaximum":9223372036854775807}"#,
            ["9223372036854775806", "-1e300"],
            ["9223372036854775807", "1e19"],
        ),
        Row(
            #"{"minimum":-9223372036854775808}"#,
            ["-9223372036854775808", "-9223372036854775808.0"],
            ["-1e19"],
        ),
        Row(#"{"exclusiveMaximum":1e19}"#, ["9223372036854775807"], ["1e19"]),
        Row(#"{"maximum":9223372036854775808.0}"#, ["9223372036854775807"], ["1e19"]),
        Row(#"{"exclusiveMinimum":0.5}"#, ["1"], ["0", "0.5"]),
        Row(#"{"exclusiveMaximum":-0.5}"#, ["-1"], ["0", "-0.5"]),
        Row(
            #"{"multipleOf":9223372036854775807}"#,
            ["-9223372036854775807", "0"],
            ["9223372036854775806", "-9223372036854775808"],
        ),
    ]

    @Test("numbers, also where doubles are too coarse", arguments: numbersRows)
    func numbers(_ row: Row) throws { try check(row) }

    static let textsRows = [
        Row(#"{"minLength":2}"#, [#""ab""#, "1"], [#""a""#, #""""#]),
        Row(#"{"maxLength":2}"#, [#""ab""#, #""😀😀""#], [#""abc""#, #""e\u0301e\u0301""#]),
        Row(#"{"minLength":2.0}"#, [#""e\u0301""#], [#""é""#]),
        Row(#"{"pattern":"b"}"#, [#""abc""#, "1"], [#""ac""#, #""B""#]),
        Row(#"{"pattern":"^a+$"}"#, [#""aaa""#], [#""aab""#, #""aaa\n""#, #""""#]),
        Row(#"{"pattern":"^\\d{3}$"}"#, [#""123""#], [#""१२३""#, #""1234""#]),
        Row(#"{"pattern":"^(a*)*$"}"#, [#""aaaa""#], [#""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab""#]),
        Row(#"{"pattern":"^.$"}"#, [#""😀""#], [#""ab""#, #""\n""#]),
        Row(#"{"format":"a name nobody knows"}"#, [#""x""#, "1"], []),
    ]

    @Test("lengths and patterns", arguments: textsRows)
    func texts(_ row: Row) throws { try check(row) }

    static let arraysRows = [
        Row(#"{"items":{"type":"integer"}}"#, ["[]", "[1,2]", "{}"], [#"[1,"a"]"#]),
        Row(#"{"items":false}"#, ["[]"], ["[1]"]),
        Row(
            #"{"prefixItems":[{"const":1},{"const":2}]}"#,
            ["[]", "[1]", "[1,2,3]"],
            ["[2]", "[1,1]"],
        ),
        Row(#"{"prefixItems":[true],"items":false}"#, ["[]", "[9]"], ["[9,9]"]),
        Row(#"{"contains":{"const":1}}"#, ["[1]", "[2,1]", "1"], ["[]", "[2]"]),
        Row(#"{"contains":{"const":1},"minContains":2}"#, ["[1,1]"], ["[1]"]),
        Row(#"{"contains":{"const":1},"minContains":0}"#, ["[]", "[2]"], []),
        Row(#"{"contains":{"const":1},"maxContains":1}"#, ["[1,2]"], ["[1,1]", "[2]"]),
        Row(#"{"minContains":3,"maxContains":0}"#, ["[1]"], []),
        Row(#"{"minItems":1,"maxItems":2}"#, ["[1]", "[1,2]", "1"], ["[]", "[1,2,3]"]),
        Row(
            #"{"uniqueItems":true}"#,
            ["[1,2]", "[1,true]", "[0,false]", #"["1",1]"#, "[[1],[2]]"],
            ["[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#, "[[1],[1]]"],
        ),
        Row(#"{"uniqueItems":false}"#, ["[1,1]"], []),
    ]

    @Test("arrays", arguments: arraysRows)
    func arrays(_ row: Row) throws { try check(row) }

    static let objectsRows = [
        Row(#"{"properties":{"a":{"type":"null"}}}"#, ["{}", #"{"a":null}"#, "1"], [#"{"a":1}"#]),
        Row(#"{"properties":{"a":false}}"#, [#"{"b":1}"#], [#"{"a":1}"#]),
        Row(
            #"{"patternProperties":{"^n":{"type":"number"}}}"#,
            [#"{"n1":1,"x":0}"#],
            [#"{"n":"x"}"#],
        ),
        Row(
            #"{"properties":{"a":true},"patternProperties":{"^b":true},"additionalProperties":false}"#,
            [#"{"a":1,"b1":2}"#],
            [#"{"c":1}"#],
        ),
        Row(
            #"{"properties":{"a":true},"additionalProperties":{"type":"number"}}"#,
            [#"{"a":"x","b":1}"#],
            [#"{"b":"x"}"#],
        ),
        Row(
            #"{"properties":{"ab":{"minimum":5}},"patternProperties":{"^a":{"maximum":9}}}"#,
            [#"{"ab":7}"#],
            [#"{"ab":4}"#, #"{"ab":10}"#],
        ),
        Row(#"{"propertyNames":{"maxLength":2}}"#, [#"{"ab":1}"#], [#"{"abc":1}"#]),
        Row(#"{"minProperties":1,"maxProperties":1}"#, [#"{"a":1}"#], ["{}", #"{"a":1,"b":2}"#]),
        Row(#"{"required":["a","b"]}"#, [#"{"a":null,"b":1}"#, "[]"], [#"{"a":1}"#, "{}"]),
        Row(
            #"{"dependentRequired":{"a":["b"]}}"#,
            ["{}", #"{"b":1}"#, #"{"a":1,"b":1}"#],
            [#"{"a":1}"#],
        ),
        Row(
            #"{"dependentSchemas":{"a":{"minProperties":2}}}"#,
            [#"{"b":1}"#, #"{"a":1,"b":1}"#],
            [#"{"a":1}"#],
        ),
    ]

    @Test("objects", arguments: objectsRows)
    func objects(_ row: Row) throws { try check(row) }

    static let combinationsRows = [
        Row(#"{"allOf":[{"minimum":2},{"maximum":4}]}"#, ["3"], ["1", "5"]),
        Row(#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#, [#""a""#, "2", "null"], ["1"]),
        Row(#"{"oneOf":[{"minimum":2},{"maximum":4}]}"#, ["1", "5"], ["3"]),
        Row(#"{"oneOf":[{"const":1},{"const":2}]}"#, ["1", "2"], ["3"]),
        Row(#"{"not":{"type":"null"}}"#, ["1"], ["null"]),
        Row(#"{"not":{"not":{"type":"null"}}}"#, ["null"], ["1"]),
        Row(
            #"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"multipleOf":3}}"#,
            ["20", "9"],
            ["21", "8"],
        ),
        Row(#"{"if":{"const":1},"else":false}"#, ["1"], ["2"]),
        Row(#"{"then":false,"else":false}"#, ["1"], []),
        Row(
            ##"{"$defs":{"a":{"type":"integer"}},"$ref":"#/$defs/a","minimum":2}"##,
            ["2"],
            [#""x""#, "1"],
        ),
        Row(
            ##"{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}"##,
            ["{}", #"{"next":{"next":{}}}"#],
            [#"{"next":{"nxt":{}}}"#, #"{"next":1}"#],
        ),
        Row(##"{"$defs":{"x":{"$anchor":"small","maximum":3}},"$ref":"#small"}"##, ["3"], ["4"]),
        Row(
            ##"{"properties":{"a":{"type":"null"},"b":{"$ref":"#/properties/a"}}}"##,
            [#"{"b":null}"#],
            [#"{"b":1}"#],
        ),
        Row(##"{"definitions":{"a":{"const":1}},"$ref":"#/definitions/a"}"##, ["1"], ["2"]),
        Row(##"{"$defs":{"a/b~c%":{"const":1}},"$ref":"#/$defs/a~1b~0c%25"}"##, ["1"], ["2"]),
        Row(##"{"allOf":[{"const":1}],"items":{"$ref":"#/allOf/0"}}"##, ["1"], ["2"]),
        Row(
            ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"const":1}}}"##,
            ["1"],
            ["2"],
        ),
        Row(#"{"properties":{"$ref":{"type":"string"}}}"#, [#"{"$ref":"a"}"#], [#"{"$ref":1}"#]),
    ]

    @Test("combinations and references", arguments: combinationsRows)
    func combinations(_ row: Row) throws { try check(row) }
}
