internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct MessageTests {
    @Test func messagesSurviveJSON() throws {
        let message = Message(
            "slot_taken",
            [
                "name": "Anna", "count": 3, "start": .instant(Instant(seconds: 0)),
                "date": .date(LocalDate(daysSinceEpoch: 0)), "time": .time(LocalTime(minuteOfDay: 60)),
                "price": .money(try Money(amount: 1, currency: "EUR")), "what": .localized(try LocalizedText("Lesson")),
            ])
        let data = try JSONEncoder().encode(message)
        #expect(try JSONDecoder().decode(Message.self, from: data) == message)
    }

    @Test func aParameterNamesItsType() throws {
        let data = try JSONEncoder().encode(["start": Message.Parameter.instant(Instant(seconds: 0))])
        #expect(String(decoding: data, as: UTF8.self) == #"{"start":{"instant":"1970-01-01T00:00:00Z"}}"#)
    }

    @Test(arguments: [#"{}"#, #"{"text":"a","integer":1}"#, #"{"other":"a"}"#, #"{"integer":"1"}"#, #""a""#])
    func otherParametersAreRefused(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Message.Parameter.self, from: Data(text.utf8)) }
    }
}
