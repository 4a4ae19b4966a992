package import AlmanacKernel
internal import NIOCore
internal import NIOPosix

extension Watchdog {
    /// Sends heartbeats through each event loop of the server.
    package func watchEventLoops() {
        for (number, loop) in MultiThreadedEventLoopGroup.singleton.makeIterator().enumerated() {
            self.watch("event loop \(number)") { arrived in loop.execute { arrived() } }
        }
    }
}
