internal import Foundation

/// What a process is called among those of a deployment: for operators, who look which host has a job.
package enum ProcessName {
    /// Host and process, as `alpha:4711`.
    package static let current = "\(ProcessName.host):\(getpid())"

    private static var host: String {
        var name = [UInt8](repeating: 0, count: 256)
        let status = name.withUnsafeMutableBytes { buffer -> Int32 in
            guard let start = buffer.baseAddress else { return -1 }
            return gethostname(start.assumingMemoryBound(to: CChar.self), buffer.count - 1)
        }
        guard status == 0 else { return "host" }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }
}
