internal import CSpawn
internal import Foundation

/// A program started and awaited by POSIX's own means.
///
/// Foundation's `Process` looks for the highest open file by copying 256 bytes of entries that are shorter
/// (swift-corelibs-foundation, issue 5472, mended after Swift 6.3). With more than some 1,300 files open, which many tests
/// at once have, it reads beyond its memory now and then and takes all tests down.
struct ChildProcess: Sendable {
    /// The process id, which stays its own until ``reap()``.
    let id: Int32

    /// The descriptors that become its standard streams; they stay open here.
    struct Streams {
        let input: Int32
        let output: Int32
        let errors: Int32
    }

    /// Starts a program in a process group of its own, with no signal blocked and no other file open.
    ///
    /// - Parameters:
    ///   - executable: The path of the program.
    ///   - arguments: Its arguments, without its name.
    ///   - folder: Where it runs.
    ///   - environment: All of its environment.
    ///   - streams: Its standard streams.
    /// - Throws: ``TestKitError`` with the reason.
    init(
        _ executable: String, _ arguments: [String], in folder: String, environment: [String: String],
        _ streams: Streams
    ) throws {
        var id: Int32 = 0
        let code = Self.withStrings([executable] + arguments) { arguments in
            Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                almanac_spawn(
                    &id, executable, arguments, environment, folder, streams.input, streams.output, streams.errors)
            }
        }
        guard code == 0 else {
            throw TestKitError("\(executable) cannot be started: \(String(cString: strerror(code)))")
        }
        self.id = id
    }

    /// Waits for its end on the calling thread.
    ///
    /// - Returns: Its exit code; 128 and the signal that ended it otherwise, as a shell counts.
    func awaitEnd() -> Int32 {
        var facts = siginfo_t()
        while waitid(P_PID, id_t(self.id), &facts, WEXITED | WNOWAIT) != 0 { if errno != EINTR { return 255 } }
        return facts.si_code == Int32(CLD_EXITED)
            ? facts._sifields._sigchld.si_status : 128 + facts._sifields._sigchld.si_status
    }

    /// Gives its id back, once it has ended.
    func reap() {
        var status: Int32 = 0
        while waitpid(self.id, &status, 0) < 0, errno == EINTR {}
    }

    /// Lends texts as C has them, with a null behind the last.
    private static func withStrings<T>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
    ) -> T {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // There is always the null.
            body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
