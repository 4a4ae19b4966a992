import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Messaging
import MessagingAPI
import Testing

struct MessagingConformanceTests {
    @Test func keepsTheContractOfPlugins() async throws {
        let conformance = PluginConformance(of: Messaging.self, neighbors: [Bookings.self])
        #expect(try await conformance.problems() == [])
    }
}
