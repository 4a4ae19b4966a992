public import AlmanacKernel
internal import Foundation

/// What the operating system knows of this process, under the names that all Prometheus clients use.
///
/// Read from `/proc` (proc(5)); elsewhere there is nothing.
public enum ProcessSamples {
    private static let cpu = MetricDefinition("process_cpu_seconds_total", "Processor time spent, in seconds.")
    private static let resident = MetricDefinition("process_resident_memory_bytes", "Memory in use, in bytes.")
    private static let virtual = MetricDefinition("process_virtual_memory_bytes", "Address space in use, in bytes.")
    private static let files = MetricDefinition("process_open_fds", "Open files and sockets.")
    private static let filesLimit = MetricDefinition("process_max_fds", "How many files and sockets may be open.")
    private static let start = MetricDefinition(
        "process_start_time_seconds", "When the process began, in seconds since 1970.")

    /// The process as it is now.
    public static func now() -> [MetricSample] {
        var samples: [MetricSample] = []
        if let fields = self.statFields(), fields.count > 21 {
            // Numbers of proc(5), less the two fields before the command's closing parenthesis and one for counting.
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let used = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
            samples.append(MetricSample(.counter, self.cpu, used / ticks))
            samples.append(MetricSample(.gauge, self.virtual, Double(fields[20]) ?? 0))
            samples.append(MetricSample(.gauge, self.resident, (Double(fields[21]) ?? 0) * Double(getpagesize())))
            if let boot = self.bootTime(), let began = Double(fields[19]) {
                samples.append(MetricSample(.gauge, self.start, boot + began / ticks))
            }
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            samples.append(MetricSample(.gauge, self.files, Double(open)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            samples.append(MetricSample(.gauge, self.filesLimit, Double(limit.rlim_cur)))
        }
        return samples
    }

    /// What stands behind the name of the program, which may hold spaces and parentheses itself.
    private static func statFields() -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func bootTime() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }
}
