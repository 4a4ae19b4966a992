internal import AlmanacStorage
internal import Foundation
internal import Testing

struct JSONTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null],"c":{"d":"é\n\"\\"}}"#, "1.0", "-0", "1e5", "[]", "{}", #""\u0001""#,
        "12345678901234567890.123",
    ])
    func writesWhatItRead(_ text: String) throws {
        #expect(try JSON(parsing: text).text == text)
    }

    @Test func handsOutValuesByKind() throws {
        let json = try JSON(parsing: #"{"s":"x","i":42,"f":1.0,"b":true,"n":null,"a":[1]}"#)

        #expect(json["s"]?.string == "x")
        #expect(json["i"]?.int == 42)
        #expect(json["f"]?.int == nil)
        #expect(json["f"]?.double == 1)
        #expect(json["b"]?.bool == true)
        #expect(json["n"]?.isNull == true)
        #expect(json["a"]?[0]?.int64 == 1)
        #expect(json["a"]?[1] == nil)
        #expect(json["a"]?[-1] == nil)
        #expect(json["missing"] == nil)
        #expect(json["s"]?["x"] == nil)
    }

    @Test func isWrittenAsALiteral() {
        let json: JSON = ["name": "A", "count": 2, "on": true, "none": .null, "list": [1, "x"]]

        #expect(json.text == #"{"name":"A","count":2,"on":true,"none":null,"list":[1,"x"]}"#)
        #expect(json.kind == "an object")
    }

    @Test func comparesBytes() throws {
        #expect(try JSON(parsing: "1") != JSON(parsing: "1.0"))
        #expect(JSON.string("K") != .string("\u{212A}"))
        #expect(JSON.object(["é": 1]) != .object(["e\u{301}": 1]))
        #expect(try JSON(parsing: #"{"a":1,"b":2}"#) != JSON(parsing: #"{"b":2,"a":1}"#))
        #expect(try JSON(parsing: #"{ "a": "\u0041" }"#) == JSON(parsing: #"{"a":"A"}"#))
    }

    @Test func keepsTheLastValueOfANameAtItsFirstPlace() {
        let object: JSONObject = ["a": 1, "b": 2, "a": 3]

        #expect(JSON.object(object).text == #"{"a":3,"b":2}"#)
    }

    @Test func changesMembers() {
        var object: JSONObject = ["a": 1]
        object["b"] = 2
        object["a"] = 0
        #expect(JSON.object(object).text == #"{"a":0,"b":2}"#)

        object["a"] = nil
        object["missing"] = nil
        #expect(JSON.object(object).text == #"{"b":2}"#)
        #expect(object.index(of: "b") == 0)
        #expect(!object.isEmpty)
    }

    @Test(arguments: ["null", "true", "42", "\"x\"", "[1,\"a\",[null]]", #"{"a":{"b":[1]},"c":"d"}"#])
    func passesThroughOtherCoders(_ text: String) throws {
        let json = try JSON(parsing: text)

        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(json)

        #expect(String(decoding: data, as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(JSON.self, from: data) == json)
    }
}
