internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

struct ProblemDetailsTests {
    @Test func isWrittenAsTheStandardSays() {
        let problem = ProblemDetails(
            status: 409, code: "slot_taken", title: "The slot is taken.", detail: "10:00 is taken.",
            instance: "urn:uuid:1", errors: [FieldError(pointer: "/start", code: "taken", detail: "is taken")],
            members: ["nearest": [["start": "2026-03-01T10:00:00Z"]], "status": 200, "k\"": 1])

        #expect(
            String(decoding: problem.encoded, as: UTF8.self) == """
                {"type":"urn:almanac:problem:slot_taken","title":"The slot is taken.","status":409,"code":"slot_taken",\
                "detail":"10:00 is taken.","instance":"urn:uuid:1",\
                "errors":[{"pointer":"/start","code":"taken","detail":"is taken"}],\
                "nearest":[{"start":"2026-03-01T10:00:00Z"}],"k\\"":1}
                """)
    }

    @Test func leavesOutWhatThereIsNot() {
        let problem = ProblemDetails(status: 404, code: "not_found", title: "Not found.")

        #expect(
            String(decoding: problem.encoded, as: UTF8.self)
                == #"{"type":"urn:almanac:problem:not_found","title":"Not found.","status":404,"code":"not_found"}"#)
    }

    @Test func comesFromAnInvalidInput() {
        let one = ProblemDetails(InvalidInput(pointer: "/a", code: FieldError.required, detail: "a is required"))
        #expect(one.status == 422)
        #expect(one.code == "invalid_input")
        #expect(one.detail == "/a: a is required")

        let error = FieldError(pointer: "/a", code: FieldError.required, detail: "a is required")
        #expect(ProblemDetails(InvalidInput([error, error])).errors.count == 2)
    }

    @Test func comesFromBrokenJSON() throws {
        let error = try #require(throws: JSONError.self) { try JSON(parsing: "[1,]") }
        let problem = ProblemDetails(error)

        #expect(problem.status == 400)
        #expect(problem.code == "invalid_json")
        #expect(problem.detail == "byte 3: this byte is not expected here.")
        #expect(problem.members["offset"]?.int == 3)
        #expect(problem.members["reason"]?.string == "unexpected_byte")
    }
}
