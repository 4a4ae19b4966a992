import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

struct BookingsConformanceTests {
    @Test func keepsTheContractOfPlugins() async throws {
        // Importing is asked for by a command that no endpoint runs, waiving by those that charge.
        let conformance = PluginConformance(of: Bookings.self, checkedInCode: [.importData, .waiveFee])
        #expect(try await conformance.problems() == [])
    }
}
