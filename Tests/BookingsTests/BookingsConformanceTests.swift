import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

struct BookingsConformanceTests {
    @Test func keepsTheContractOfPlugins() async throws {
        // Importing is asked for by a command that no endpoint runs, waiving by those that charge, and drafts of sessions
        // stand in the list that is open to everybody.
        let conformance = PluginConformance(of: Bookings.self, checkedInCode: [.importData, .waiveFee, .readSession])
        #expect(try await conformance.problems() == [])
    }
}
