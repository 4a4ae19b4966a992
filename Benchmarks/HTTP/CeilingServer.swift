internal import ArgumentParser
internal import Foundation
internal import Hummingbird
internal import Logging

/// The web server without Almanac: what HTTP costs at least on this machine.
///
/// Run by the benchmarks, not by people.
struct CeilingServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceiling", abstract: "Serve fixed answers on a free port.", shouldDisplay: false)

    @Option(help: ArgumentHelp("What /bytes answers.", valueName: "file"))
    var payload: String?

    func run() async throws {
        let bytes = try self.payload.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } ?? Data()
        let buffer = ByteBuffer(bytes: bytes)
        let router = Router()
        router.get("bytes") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: buffer))
        }
        router.get("json") { _, _ in BareBooking.sample }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                let line = "listening on \(channel.localAddress?.port ?? 0)\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            },
            logger: Logger(label: "ceiling") { _ in SwiftLogNoOpLogHandler() })
        try await application.runService()
    }
}

/// An answer of about the size and shape of a booking.
struct BareBooking: ResponseEncodable, Codable, Sendable {
    struct Named: Codable, Sendable {
        let id: String
        let name: String
    }

    struct Price: Codable, Sendable {
        let amount: Int
        let currency: String
    }

    let id: String
    let number: String
    let status: String
    let start: String
    let end: String
    let timeZone: String
    let eventType: Named
    let provider: Named
    let customer: Named
    let price: Price
    let notes: String?
    let version: Int
    let createdAt: String
    let allowed: [String]

    static let sample = BareBooking(
        id: "019c3f00-0000-7000-8000-000000000001", number: "B-4T7QK-M2X9D", status: "confirmed",
        start: "2027-03-01T10:00:00Z", end: "2027-03-01T10:15:00Z", timeZone: "Europe/Berlin",
        eventType: Named(id: "019c3f00-0000-7000-8000-000000000002", name: "Quarter of an hour"),
        provider: Named(id: "019c3f00-0000-7000-8000-000000000003", name: "Robin Example 1"),
        customer: Named(id: "019c3f00-0000-7000-8000-000000000004", name: "Sam Example 1"),
        price: Price(amount: 2_500, currency: "EUR"), notes: "Please ring the second bell.", version: 1,
        createdAt: "2026-11-21T10:00:00Z", allowed: ["cancel", "reschedule"])
}
