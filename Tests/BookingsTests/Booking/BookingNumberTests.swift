import AlmanacStorage
import BookingsAPI
import Testing

@testable import Bookings

struct BookingNumberTests {
    private static let ids = (0..<200).map {
        ID<Booking>(high: 0x0190_0000_0000_7000 + UInt64($0) << 16, low: 0x8000 << 48)
    }

    @Test func readsBackWhatItWrites() {
        for id in Self.ids {
            let number = BookingNumber(id)
            #expect(number.text.utf8.count == 13)
            #expect(BookingNumber(number.text) == number)
            #expect(BookingNumber(number.text.lowercased().filter { $0 != "-" }) == number)
        }
    }

    @Test func neighborsInTimeHaveNumbersFarApart() {
        #expect(Set(Self.ids.map { BookingNumber($0).text.prefix(4) }).count > 150)
        #expect(Set(Self.ids.map { BookingNumber($0) }).count == Self.ids.count)
    }

    @Test func findsEverySingleWrongCharacter() {
        let text = Array(BookingNumber(Self.ids[0]).text)
        for place in text.indices.dropFirst(2) where text[place] != "-" {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where other != text[place] {
                var wrong = text
                wrong[place] = other
                #expect(BookingNumber(String(wrong)) == nil)
            }
        }
    }

    @Test func findsNeighborsThatChangedPlaces() {
        for id in Self.ids.prefix(50) {
            let text = Array(BookingNumber(id).text.filter { $0 != "-" })
            for place in 1..<(text.count - 1) where text[place] != text[place + 1] {
                var wrong = text
                wrong.swapAt(place, place + 1)
                #expect(BookingNumber(String(wrong)) == nil)
            }
        }
    }

    @Test(arguments: ["", "B-", "4T7QK-M2X9D", "B-00000-0000U", "B-00000-00000-0", "C-00000-00000"])
    func refusesWhatIsNoNumber(_ text: String) {
        #expect(BookingNumber(text) == nil)
    }
}
