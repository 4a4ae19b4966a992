internal import AlmanacKernel
internal import AlmanacStorage

extension TestPlatform {
    /// Delivers events until nothing is due any more, those included that handlers emit, and gives all their positions.
    ///
    /// What has failed is due again when the clock has been moved past its pause.
    /// - Returns: How many times a handler has done its work.
    /// - Throws: What the database throws, not what handlers throw.
    @discardableResult
    public func deliverEvents() async throws -> Int {
        var handled = 0
        while true {
            let progress = try await self.runtime.bus.step()
            handled += progress.handled
            guard progress.hasMore else { break }
        }
        try await self.runtime.bus.sequencer.catchUp()
        return handled
    }
}
