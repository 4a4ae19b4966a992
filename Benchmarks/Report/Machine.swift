internal import AlmanacTestKit
internal import Foundation

/// What is measured on: figures of another machine are other figures.
enum Machine {
    /// Processor, cores, memory, and the disk under the temporary folder, on which databases are made.
    static func description() throws -> String {
        let processor = Self.field("model name", in: "/proc/cpuinfo") ?? "unknown processor"
        let memory = Self.field("MemTotal", in: "/proc/meminfo") ?? "unknown"
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let flush = try Self.flushTime(in: folder)
        return """
            \(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, memory \(memory)
            databases in \(FileManager.default.temporaryDirectory.path) (\(Self.fileSystem(of: folder.path))), \
            fdatasync of one 4 KB block \(Format.duration(flush.median)), p99 \(Format.duration(flush.percentile(99)))
            """
    }

    /// How long the disk takes to confirm a block: the price of each commit.
    private static func flushTime(in folder: TemporaryFolder) throws -> Samples {
        let path = try folder.write([], to: "flush")
        let descriptor = open(path, O_WRONLY)
        guard descriptor >= 0 else { throw TestKitError("\(path) cannot be opened") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 4_096)
        var samples: [Int64] = []
        for _ in 0..<200 {
            let begin = ContinuousClock.now
            guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
                throw TestKitError("\(path) cannot be flushed: is the disk full?")
            }
            samples.append((ContinuousClock.now - begin).nanoseconds)
        }
        return Samples(nanoseconds: samples)
    }

    /// The kind of file system that holds a path: the mount with the longest prefix.
    private static func fileSystem(of path: String) -> String {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return "unknown" }
        var best: (mount: String, description: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count > 2 else { continue }
            let mount = fields[1] == "/" ? "" : fields[1]
            guard path.hasPrefix(mount + "/"), mount.count >= best?.mount.count ?? 0 else { continue }
            best = (mount, "\(fields[2]) on \(fields[0])")
        }
        return best?.description ?? "unknown"
    }

    /// The microseconds that a process has spent on processors so far, a hundredth of a second exact.
    static func processorTime(of process: Int32) throws -> Double {
        let path = "/proc/\(process)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let end = text.lastIndex(of: ")") else {
            throw TestKitError("\(path) cannot be read")
        }
        // After the name in parentheses: state is field 3, utime and stime are 14 and 15 (proc(5)).
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw TestKitError("\(path) has another form than expected")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1e6
    }

    /// The value of the first line `name : value` of a file of /proc.
    static func field(_ name: String, in path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { return parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return nil
    }
}
