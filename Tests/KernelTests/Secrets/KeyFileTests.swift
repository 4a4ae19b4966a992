import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

struct KeyFileTests {
    private static let list = KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 1))

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private static func message(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SecretsError)?.description
        }
    }

    @Test func isMadeForItsOwnerOnlyAndOnlyOnce() async throws {
        try await withTemporaryFolder { folder in
            let file = KeyFile(folder.file("new/folder/keys"), makesFirstKey: true)
            let before = try file.read()
            let isMade = try file.create(Self.list)
            let isMadeAgain = try file.create(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 2)))
            let kept = try file.read()
            let mode = try Self.mode(file.path)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("new/folder"))

            #expect(before == nil)
            #expect(isMade)
            #expect(!isMadeAgain)
            #expect(kept?.text == Self.list.text)
            #expect(mode == 0o600)
            #expect(names == ["keys"])
        }
    }

    @Test(
        "v5.0.0-13.3.1 keys that others can read are refused with what to do",
        arguments: [0o644, 0o640, 0o604, 0o660, 0o602, 0o601])
    func isRefusedWhenOthersCanUseIt(_ mode: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write(Array(Self.list.text.utf8), to: "keys")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let file = KeyFile(path, makesFirstKey: true)

            let message = Self.message { _ = try file.read() }
            #expect(message?.contains("chmod 600 \(path)") == true, "\(message ?? "accepted")")
            for mode in [0o600, 0o400] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                let list = try file.read()
                #expect(list?.text == Self.list.text)
            }
        }
    }

    @Test func whatIsNoKeyFileIsNamed() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
            for (name, bytes) in [("broken", Array("nonsense".utf8)), ("bytes", [0xFF, 0xFE]), ("empty", [])] {
                let path = try folder.write(bytes, to: name)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            }
            for name in ["folder", "broken", "bytes", "empty"] {
                let message = Self.message { _ = try KeyFile(folder.file(name), makesFirstKey: true).read() }
                #expect(message?.contains(folder.file(name)) == true, "\(name): \(message ?? "accepted")")
            }
        }
    }

    @Test func isReplacedOnlyByWhoHasSeenIt() async throws {
        try await withTemporaryFolder { folder in
            let file = KeyFile(folder.file("keys"), makesFirstKey: true)
            _ = try file.create(Self.list)
            let next = try Self.list.rotated(at: TestClock.start, random: SeededRandom(seed: 2))
            let late = try Self.list.rotated(at: TestClock.start, random: SeededRandom(seed: 3))
            try file.replace(Self.list, by: next)

            let overtaken = Self.message { try file.replace(Self.list, by: late) }
            #expect(overtaken?.contains("changed meanwhile") == true)
            let (kept, mode) = (try file.read(), try Self.mode(file.path))
            #expect(kept?.text == next.text)
            #expect(mode == 0o600)
            try folder.write([], to: "keys.new")
            let busy = Self.message { try file.replace(next, by: late) }
            #expect(busy?.contains("delete \(folder.file("keys.new"))") == true)
            let untouched = try file.read()
            #expect(untouched?.text == next.text)
        }
    }
}
