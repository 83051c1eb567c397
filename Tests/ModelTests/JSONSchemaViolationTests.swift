import Model
import Testing

/// What a violation says, which schemas are refused, and the limits.
@Suite struct JSONSchemaViolationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var schema: String
        var instance: String
        /// `place keyword-place keyword message`, one each.
        var wanted: [[String]]
        init(_ schema: String, _ instance: String, _ wanted: [String]...) {
            self.schema = schema
            self.instance = instance
            self.wanted = wanted
        }
        var testDescription: String { schema }
    }

    static let rows = [
        Row("false", "1", ["", "", "false", "nothing is allowed here"]),
        Row(
            #"{"type":["string","null"]}"#,
            "1",
            ["", "/type", "type", "expected null or string, found number"],
        ),
        Row(#"{"enum":["a",2]}"#, "1", ["", "/enum", "enum", #"expected one of "a", 2"#]),
        Row(#"{"const":{"a":1}}"#, "1", ["", "/const", "const", #"expected {"a":1}"#]),
        Row(#"{"minimum":2}"#, "1", ["", "/minimum", "minimum", "minimum is 2"]),
        Row(#"{"multipleOf":2}"#, "1", ["", "/multipleOf", "multipleOf", "multipleOf is 2"]),
        Row(
            #"{"minLength":2,"pattern":"b"}"#,
            #""a""#,
            ["", "/minLength", "minLength", "at least 2 characters are needed"],
            ["", "/pattern", "pattern", "it does not match the pattern b"],
        ),
        Row(
            #"{"maxLength":2}"#,
            #""abc""#,
            ["", "/maxLength", "maxLength", "at most 2 characters are allowed"],
        ),
        Row(
            #"{"items":{"properties":{"a/b":{"type":"null"}}}}"#,
            #"[{},{"a/b":1}]"#,
            [
                "/1/a~1b", "/items/properties/a~1b/type", "type",
                "/1/a~1b: expected null, found number",
            ],
        ),
        Row(
            #"{"minItems":2}"#,
            "[]",
            ["", "/minItems", "minItems", "at least 2 items are needed"],
        ),
        Row(
            #"{"maxItems":0}"#,
            "[1]",
            ["", "/maxItems", "maxItems", "at most 0 items are allowed"],
        ),
        Row(
            #"{"uniqueItems":true}"#,
            "[1,1]",
            ["", "/uniqueItems", "uniqueItems", "an item occurs twice"],
        ),
        Row(
            #"{"contains":{"const":1}}"#,
            "[]",
            ["", "/contains", "contains", "at least 1 matching items are needed"],
        ),
        Row(
            #"{"contains":true,"maxContains":1}"#,
            "[1,2]",
            ["", "/maxContains", "maxContains", "at most 1 matching items are allowed"],
        ),
        Row(
            #"{"required":["a","b"]}"#,
            "{}",
            ["", "/required", "required", "`a` is missing"],
            ["", "/required", "required", "`b` is missing"],
        ),
        Row(
            #"{"dependentRequired":{"a":["b"]}}"#,
            #"{"a":1}"#,
            ["", "/dependentRequired", "dependentRequired", "`a` needs `b` too"],
        ),
        Row(
            #"{"properties":{"email":true},"additionalProperties":false}"#,
            #"{"emial":1,"zzzzzzzz":2}"#,
            [
                "/emial", "/additionalProperties", "additionalProperties",
                "/emial: `emial` is not allowed; did you mean `email`?",
            ],
            [
                "/zzzzzzzz", "/additionalProperties", "additionalProperties",
                "/zzzzzzzz: `zzzzzzzz` is not allowed",
            ],
        ),
        Row(
            #"{"propertyNames":{"maxLength":1}}"#,
            #"{"a~":1}"#,
            [
                "/a~0", "/propertyNames/maxLength", "maxLength",
                "/a~0: at most 1 characters are allowed",
            ],
        ),
        Row(
            #"{"minProperties":1}"#,
            "{}",
            ["", "/minProperties", "minProperties", "at least 1 members are needed"],
        ),
        Row(
            #"{"maxProperties":0}"#,
            #"{"a":1}"#,
            ["", "/maxProperties", "maxProperties", "at most 0 members are allowed"],
        ),
        Row(
            #"{"anyOf":[false,false]}"#,
            "1",
            ["", "/anyOf", "anyOf", "it matches none of the allowed forms"],
        ),
        Row(
            #"{"oneOf":[true,true]}"#,
            "1",
            ["", "/oneOf", "oneOf", "it matches 2 of the forms, not exactly one"],
        ),
        Row(#"{"not":true}"#, "1", ["", "/not", "not", "this is not allowed"]),
        Row(
            ##"{"$defs":{"a":{"type":"null"}},"allOf":[true,{"$ref":"#/$defs/a"}]}"##,
            "1",
            ["", "/$defs/a/type", "type", "expected null, found number"],
        ),
        Row(
            #"{"if":true,"then":{"type":"null"}}"#,
            "1",
            ["", "/then/type", "type", "expected null, found number"],
        ),
    ]

    @Test("a violation names the place, the keyword and what is wrong", arguments: rows)
    func violation(_ row: Row) throws {
        let schema = try JSONSchema(JSONParser.parse(row.schema))
        let found = try schema.validate(JSONParser.parse(row.instance))
        #expect(found.map { [$0.instance, $0.schema, $0.keyword, $0.message] } == row.wanted)
        let json = try #require(found.first?.json)
        #expect(json["path"]?.stringValue == row.wanted[0][0])
        #expect(json["schema"]?.stringValue == row.wanted[0][1])
        #expect(json["keyword"]?.stringValue == row.wanted[0][2])
        #expect(json["message"]?.stringValue == row.wanted[0][3])
    }

    @Test(
        "a schema that is wrong or not supported is refused with its place",
        arguments: [
            ("1", "", "a schema is an object or a boolean"),
            (#"{"items":[{}]}"#, "/items", "a schema is an object or a boolean"),
            (#"{"unevaluatedProperties":false}"#, "/unevaluatedProperties", "is not supported"),
            (#"{"unevaluatedItems":false}"#, "/unevaluatedItems", "is not supported"),
            (##"{"$dynamicRef":"#a"}"##, "/$dynamicRef", "is not supported"),
            (#"{"items":{"a/~b":1}}"#, "/items/a~1~0b", "the keyword a/~b is not supported"),
            (#"{"minimun":1}"#, "/minimun", "the keyword minimun is not supported"),
            (#"{"nullable":true}"#, "/nullable", "the keyword nullable is not supported"),
            (#"{"type":"int"}"#, "/type", "there is no type int"),
            (#"{"type":[]}"#, "/type", "at least one type"),
            (#"{"type":[1]}"#, "/type", "a list of strings"),
            (#"{"enum":1}"#, "/enum", "a list of values"),
            (#"{"minimum":"1"}"#, "/minimum", "minimum is a number"),
            (#"{"exclusiveMinimum":true}"#, "/exclusiveMinimum", "exclusiveMinimum is a number"),
            (#"{"multipleOf":0}"#, "/multipleOf", "above 0"),
            (#"{"multipleOf":-1}"#, "/multipleOf", "above 0"),
            (#"{"minLength":-1}"#, "/minLength", "a whole number from 0"),
            (#"{"maxItems":1.5}"#, "/maxItems", "a whole number from 0"),
            (#"{"contains":true,"minContains":"1"}"#, "/minContains", "a whole number from 0"),
            (#"{"uniqueItems":1}"#, "/uniqueItems", "a boolean"),
            (#"{"pattern":1}"#, "/pattern", "a string"),
            (#"{"pattern":"("}"#, "/pattern", "the pattern (: "),
            (#"{"pattern":"(?=a)"}"#, "/pattern", "look-around is not supported"),
            (#"{"patternProperties":{"a/[":{}}}"#, "/patternProperties/a~1[", "is missing"),
            (#"{"format":1}"#, "/format", "a string"),
            (#"{"required":"a"}"#, "/required", "a list of strings"),
            (#"{"dependentRequired":[]}"#, "/dependentRequired", "an object of lists"),
            (#"{"dependentRequired":{"a":"b"}}"#, "/dependentRequired/a", "a list of strings"),
            (#"{"properties":[]}"#, "/properties", "an object of schemas"),
            (#"{"$defs":[]}"#, "/$defs", "an object of schemas"),
            (#"{"$defs":{"a":{"type":"x"}}}"#, "/$defs/a/type", "there is no type x"),
            (#"{"allOf":[]}"#, "/allOf", "a list of schemas"),
            (#"{"prefixItems":{}}"#, "/prefixItems", "a list of schemas"),
            (#"{"$ref":"https://example.com/a"}"#, "/$ref", "only references inside"),
            (#"{"$ref":1}"#, "/$ref", "only references inside"),
            (##"{"items":{"$ref":"#/$defs/a"}}"##, "/items", "#/$defs/a does not exist"),
            (##"{"items":{"$ref":"#a"}}"##, "/items", "#a does not exist"),
            (##"{"$ref":"#/%zz"}"##, "/$ref", "is no reference"),
            (##"{"$ref":"#/a~2"}"##, "", "does not exist"),
            (#"{"items":{"$id":"x"}}"#, "/items/$id", "an $id below the root"),
            (#"{"$anchor":1}"#, "/$anchor", "a string"),
            (#"{"$anchor":"a","items":{"$anchor":"a"}}"#, "/items/$anchor", "occurs twice"),
        ],
    )
    func refusal(_ schema: String, _ pointer: String, _ message: String) throws {
        let value = try JSONParser.parse(schema)
        let error = try #require(throws: JSONSchemaError.self) { try JSONSchema(value) }
        #expect(error.pointer == pointer)
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.description.hasSuffix(pointer.isEmpty ? error.message : "(at \(pointer))"))
    }

    @Test(
        "a schema that leads back to itself at the same place is refused",
        arguments: [
            ##"{"$ref":"#"}"##, ##"{"not":{"$ref":"#"}}"##,
            ##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
            ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[true,{"$ref":"#/$defs/a"}]}}}"##,
            ##"{"if":true,"then":{"$ref":"#"}}"##, ##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##,
        ],
    )
    func cycle(_ schema: String) throws {
        let value = try JSONParser.parse(schema)
        let error = try #require(throws: JSONSchemaError.self) { try JSONSchema(value) }
        #expect(error.message.contains("leads back to itself"))
    }

    @Test("a hundred violations are collected at most")
    func violationLimit() throws {
        let schema = try JSONSchema(["items": false, "maxItems": 1])
        let all = JSONValue.array([JSONValue](repeating: 1, count: 1000))
        #expect(schema.validate(all).count == JSONSchema.violationLimit)
        #expect(schema.validate(.array([1, 2])).count == 3)
    }

    @Test("a schema of 65 levels is too deep, one of 64 is not")
    func schemaDepth() throws {
        func nested(_ levels: Int) -> JSONValue {
            (1..<levels).reduce([:]) { inner, _ in ["items": inner] }
        }
        #expect(try JSONSchema(nested(64)).accepts(.array([])))
        let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(nested(65)) }
        #expect(error?.message == "too deep")
    }

    @Test("a value that is nested too deeply for its schema is refused, also inside not")
    func instanceDepth() throws {
        func nested(_ levels: Int) -> JSONValue {
            (0..<levels).reduce(nil) { inner, _ in .array([inner]) }
        }
        let list: JSONValue = ["items": ["$ref": "#"]]
        let schema = try JSONSchema(list)
        #expect(schema.accepts(nested(90)))
        let violations = schema.validate(nested(110))
        #expect(violations.count == 1)
        #expect(violations.first?.message.contains("nested too deeply") == true)
        let inverted = try JSONSchema([
            "$defs": ["list": ["items": ["$ref": "#/$defs/list"]]],
            "not": ["not": ["$ref": "#/$defs/list"]],
        ])
        #expect(inverted.accepts(nested(90)))
        #expect(!inverted.accepts(nested(110)))
    }

    @Test("a value that doubles the work at every level is given up, not checked for ever")
    func stepLimit() throws {
        let branch: JSONValue = ["properties": ["a": ["$ref": "#"]]]
        let schema = try JSONSchema(["allOf": .array([branch, branch]), "type": "object"])
        func nested(_ levels: Int) -> JSONValue {
            (0..<levels).reduce([:]) { inner, _ in ["a": inner] }
        }
        #expect(schema.accepts(nested(5)))
        let violations = schema.validate(nested(45))
        #expect(violations.map(\.message).last?.contains("too many steps") == true)
    }

    @Test("a large plain value is checked to its end")
    func largeValue() throws {
        let item: JSONValue = ["type": "integer", "minimum": 0]
        let schema = try JSONSchema(["items": item])
        var elements = [JSONValue](repeating: 1, count: JSONSchema.stepLimit + 10)
        #expect(schema.accepts(.array(elements)))
        elements[elements.count - 1] = -1
        #expect(schema.validate(.array(elements)).map(\.keyword) == ["minimum"])
    }
}
